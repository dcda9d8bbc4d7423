import { spawn, spawnSync } from "child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "fs";
import { tmpdir } from "os";
import { dirname, join } from "path";
import { loaderFiles } from "../../constructs/node/loader";
import type { MachineIdentity } from "../../constructs/spec/store";
import { roleConfigurationOf, roleConfigurationText } from "../../constructs/node/role-configuration";
import { agentDigest, clusterSpec, googleNode, nodePlatform, vsphereNode } from "./cluster";
import { guest, StandIn } from "./store-stand-in";

const present = spawnSync("curl", ["--aws-sigv4", "x", "--version"]).status === 0;
if (!present) process.stderr.write("skipped: this computer's curl is older than 7.75 and signs nothing: the late deadline is not run\n");
const whenPresent = present ? test : test.skip;

const hour = 3600;
const spec = clusterSpec();
describe.each([
  ["AWS", nodePlatform()],
  ["Google Cloud", googleNode],
  ["vSphere", vsphereNode],
])("on %s", (_, platform) => {
  const configuration = roleConfigurationOf(spec, "master", platform, agentDigest);
  const files = configuration.components.flatMap((component) => component.files);
  const script = files.find(({ path }) => path === "/opt/coppice/bin/late-deadline")?.text ?? "";

  let root: string;
  let world: StandIn;
  let address: string;

  function put(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  }

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "late-deadline-"));
    world = new StandIn(platform.store.bucket);
    address = await world.start();
    const local = script
      .replaceAll("/etc/", `${root}/etc/`)
      .replaceAll("/var/lib/coppice", `${root}/var/lib/coppice`)
      .replaceAll("/run/coppice", `${root}/run/coppice`)
      .replaceAll("/proc/uptime", `${root}/uptime`)
      .replaceAll("/sys/class", `${root}/sys/class`)
      .replaceAll("http://169.254.169.254", address);
    put("late-deadline", local, 0o755);
    put("var/lib/coppice/configuration.json", roleConfigurationText(configuration));
    put("etc/machine-id", "02345678901234567890123456789012\n");
    for (const [path, text] of Object.entries(guest.files)) put(path, text, 0o755);
    put("bin/systemctl", `#!/bin/sh\n[ "$1" = is-active ] && exec test -e '${root}/active'\necho "$@" >>'${root}/systemctl.log'\n`, 0o755);
    put("systemctl.log", "");
  });
  afterEach(() => {
    world.stop();
    rmSync(root, { recursive: true });
  });

  /** Of a machine that is up for so long. */
  function look(upSeconds: number, of: Pick<MachineIdentity, "role" | "name"> = { role: "etcd", name: "etcd-1" }): Promise<string> {
    const [identity] = loaderFiles(spec, of, platform);
    const known = JSON.parse(identity?.text ?? "") as MachineIdentity;
    put("etc/coppice/machine.json", `${JSON.stringify({ ...known, store: { ...known.store, endpoint: address } })}\n`);
    put("uptime", `${upSeconds}.42 1.00\n`);
    const path = `${root}/bin:${process.env["PATH"] ?? ""}`;
    const child = spawn(join(root, "late-deadline"), [String(hour), "poweroff"], { env: { PATH: path } });
    return new Promise((resolve) => child.once("close", () => resolve(readFileSync(join(root, "systemctl.log"), "utf8").trim())));
  }

  const says = (seat: string, minutesAgo: number): void =>
    void world.objects.set(
      `seats/${seat}`,
      JSON.stringify({ seat, machine: "i-1", at: new Date(Date.now() - minutesAgo * 60_000).toISOString() }),
    );

  whenPresent("a machine without an agent is off after six hours and one for its seat's number, counted from its first look", async () => {
    says("master-0", 40);
    expect(await look(100)).toBe("");
    expect(await look(100 + 7 * hour - 1)).toBe("");
    expect(world.asked).toEqual([]);
    expect(await look(100 + 7 * hour)).toBe("poweroff");
  });

  whenPresent("an agent that runs starts the count again", async () => {
    says("master-0", 0);
    await look(100);
    put("active", "");
    await look(6 * hour);
    rmSync(join(root, "active"));
    expect(await look(12 * hour)).toBe("");
    expect(await look(13 * hour)).toBe("poweroff");
  });

  whenPresent("machines of a pool go one after the other, over a day", async () => {
    const worker = { role: "worker", name: "general" } as const;
    says("etcd-0", 0);
    await look(0, worker);
    expect(await look(8 * hour - 1, worker)).toBe("");
    expect(await look(8 * hour, worker)).toBe("poweroff");
  });

  whenPresent.each([
    ["no other agent has said anything for long", () => says("etcd-0", 46)],
    ["only its own status is fresh", () => says("etcd-1", 0)],
    ["the agent has never applied anything", () => (says("etcd-0", 0), rmSync(join(root, "var/lib/coppice/configuration.json")))],
    ["the store answers no status", () => undefined],
    ["the store holds something else", () => void world.objects.set("seats/etcd-0", "<html>")],
    [
      "the store holds something else, and a day has just begun",
      () => (world.objects.set("seats/etcd-0", "<html>"), put("bin/date", "#!/bin/sh\necho 1000\n", 0o755)),
    ],
    ["the cloud does not say who it is", () => (says("etcd-0", 0), put("bin/curl", "#!/bin/sh\nexit 7\n", 0o755))],
  ])("a machine stays when %s", async (_, change) => {
    change();
    await look(0);
    expect(await look(100 * hour)).toBe("");
  });

  test("every machine has it, with what its cloud does to give it up", () => {
    const worker = roleConfigurationOf(spec, "worker", platform, agentDigest);
    const units = worker.components.flatMap((component) => component.units);
    const service = units.find(({ name }) => name === "coppice-late-deadline.service")?.text;
    expect(service).toMatch(new RegExp(`^ExecStart=/opt/coppice/bin/late-deadline \\\\?\\s*3600 ${platform.giveUp}$`, "m"));
    expect(units.find(({ name }) => name === "coppice-late-deadline.timer")?.enable).toBe(true);
  });
});
