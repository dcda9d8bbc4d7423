import { hostOf } from "../constructs/spec/cidr";
import { done } from "./command";
import { batch, cloudOf, disconnected, ip, machineOf, makeSwitch, metadataAddress, portOf, switchOf, wayOut, type Wires } from "./network";

/**
 * A network like a cloud's: machines of a subnet see each other as neighbours, yet every packet goes through the switch,
 * which forwards what the firewall allows. What is sent to an address that no machine has is lost without an answer.
 */
export const routed: Wires = {
  make(run, { nodes, balancer }) {
    makeSwitch(run);
    const [sw, cloud] = [switchOf(run), cloudOf(run)];
    ip(sw, "link add void type veth peer name void-end");
    ip(sw, "link set void-end up");
    ip(sw, "link set void arp off up");
    ip(sw, `route add ${nodes} dev void`);
    for (const address of [metadataAddress, ...balancer]) {
      ip(cloud, `address add ${address}/32 dev eth0`);
      ip(sw, `route add ${address}/32 dev cloud`);
    }
  },

  async connect(run, machine) {
    const [sw, namespace, port] = [switchOf(run), machineOf(run, machine.name), portOf(machine.name)];
    const gateway = hostOf(machine.subnet, 1);
    await done("ip", ["netns", "add", namespace]);
    await batch(sw, [
      `link add ${port} type veth peer name eth0 netns ${namespace}`,
      `link set ${port} up`,
      `address replace ${gateway}/32 dev lo`,
    ]);
    // The switch answers for every address of the subnet, so that neighbours send to each other through it.
    const settings = [`net.ipv4.conf.${port}.proxy_arp=1`, `net.ipv4.neigh.${port}.proxy_delay=0`];
    await done("ip", ["netns", "exec", sw, "sysctl", "-q", "-w", ...settings]);
    await batch(sw, [`route replace ${machine.address}/32 dev ${port}`]);
    await batch(namespace, wayOut(machine, gateway));
    return namespace;
  },

  async routePods(run, pods, { name, address }) {
    await batch(switchOf(run), [`route replace ${pods} via ${address} dev ${portOf(name)} onlink`]);
  },

  disconnect: (run, machine) => disconnected(run, machine, [portOf(machine)]),
};
