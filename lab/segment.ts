import { hostOf } from "../constructs/spec/cidr";
import { done, ran } from "./command";
import { batch, disconnected, ip, machineOf, makeSwitch, portOf, switchAddress, switchOf, wayOut, type Wires } from "./network";

/** The segment's own interface of the switch, which has the gateway's address. */
const bridge = "segment";
/** Routes of what the switch itself sends. */
const doors = "100";
/** The other interface of a machine, whose name no rule of its firewall is about. */
const door = "lab0";
const doorOf = (machine: string): string => `d-${machine}`.slice(0, 15);

/**
 * One segment without a router inside of it: neighbours find each other by ARP, and nothing filters between them but they
 * themselves. Who looks at machines from the switch, and what pods send, goes by a second interface of each machine:
 * production's CNI has a tunnel there, which machines' firewalls see as packets between nodes.
 */
export const segment: Wires = {
  make(run, { nodes }) {
    makeSwitch(run);
    const sw = switchOf(run);
    ip(sw, `link add ${bridge} type bridge`);
    ip(sw, `address add ${gatewayOf(nodes)}/${nodes.split("/")[1]} dev ${bridge}`);
    ip(sw, `link set ${bridge} up`);
    ip(sw, `rule add iif lo lookup ${doors} priority 100`);
    // What a scenario cuts off is cut off from its neighbours too: their packets pass the switch's rules, where its kernel can.
    ran("ip", ["netns", "exec", sw, "sysctl", "-q", "-e", "-w", "net.bridge.bridge-nf-call-iptables=1"]);
    // A gateway that told nodes of a shorter way to pods would be right, and is none here.
    ran("ip", [
      "netns",
      "exec",
      sw,
      "sysctl",
      "-q",
      "-w",
      "net.ipv4.conf.all.send_redirects=0",
      `net.ipv4.conf.${bridge}.send_redirects=0`,
    ]);
  },

  async connect(run, machine, { nodes, pods }) {
    const [sw, namespace, port, second] = [switchOf(run), machineOf(run, machine.name), portOf(machine.name), doorOf(machine.name)];
    await done("ip", ["netns", "add", namespace]);
    await batch(sw, [
      `link add ${port} type veth peer name eth0 netns ${namespace}`,
      `link set ${port} master ${bridge} up`,
      `link add ${second} type veth peer name ${door} netns ${namespace}`,
      `link set ${second} up`,
      `route replace ${machine.address}/32 dev ${second} src ${switchAddress} table ${doors}`,
    ]);
    await batch(namespace, [
      ...wayOut(machine, gatewayOf(nodes)),
      `link set ${door} up`,
      `route add ${pods} via ${switchAddress} dev ${door} onlink`,
    ]);
    return namespace;
  },

  async routePods(run, pods, { name, address }) {
    await batch(switchOf(run), [`route replace ${pods} via ${address} dev ${doorOf(name)} onlink`]);
  },

  disconnect: (run, machine) => disconnected(run, machine, [portOf(machine), doorOf(machine)]),
};

/** The first address of the segment. */
const gatewayOf = (nodes: string): string => hostOf(nodes, 1);
