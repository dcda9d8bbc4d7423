import { spawnSync } from "node:child_process";
import { linkWith } from "../../../agent/api-address/link";

const one = (address: string, mac: string) => ({ address, mac, family: "IPv4" as const, internal: false, netmask: "", cidr: null });

test("the interface is the one that has the address", () => {
  const all = {
    lo: [one("127.0.0.1", "00:00:00:00:00:00")],
    ens192: [one("10.40.0.20", "00:50:56:aa:bb:cc"), one("10.40.0.5", "00:50:56:aa:bb:cc")],
  };
  expect(linkWith("10.40.0.5", all)).toEqual({ name: "ens192", mac: "00:50:56:aa:bb:cc" });
  expect(linkWith("10.40.0.21", all)).toBeUndefined();
});

/** Both ends of a cable in a network of its own: what the one end is told when an address moves there. */
const script = `
ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up && ip address add 10.9.0.2/24 dev v0 || exit 3
sysctl -qw net.ipv4.conf.all.arp_notify=$1
python3 -c '
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806)); s.bind(("v1", 0x0806)); s.settimeout(2); print("listens", flush=True)
try:
  while True:
    f = s.recv(200); print(".".join(map(str, f[28:32])), flush=True)
except TimeoutError: pass
' | { read -r _; ip address add 10.9.0.5/32 dev v0; ip link set dev v0 address "$(ip -o link show v0 | sed 's/.*ether \\([0-9a-f:]*\\).*/\\1/')"; cat; }
`;
const inNamespace = (notify: string) =>
  spawnSync("unshare", ["--net", "sh", "-c", script, "sh", notify], { encoding: "utf8", timeout: 20_000 });
const possible =
  process.getuid?.() === 0 && spawnSync("unshare", ["--net", "sh", "-c", "ip link add v0 type veth && command -v python3"]).status === 0;
if (!possible) process.stderr.write("skipped: no network namespace of one's own here: announcing an address is not run\n");

(possible ? test : test.skip)(
  "the kernel tells the segment of the address when the interface is given the MAC address that it has",
  () => {
    expect(inNamespace("1").stdout.trim().split("\n")).toContain("10.9.0.5");
    expect(inNamespace("0").stdout).toBe("");
  },
  30_000,
);
