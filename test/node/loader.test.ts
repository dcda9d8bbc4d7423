import { spawn, spawnSync, type ChildProcess } from "child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "fs";
import { tmpdir } from "os";
import { dirname, join } from "path";
import { loaderFiles } from "../../constructs/node/loader";
import { machineIdentity } from "../../constructs/spec/store";
import { clusterSpec, googleNode, nodePlatform, vsphereNode } from "./cluster";
import { guest, instance, StandIn, sha256 } from "./store-stand-in";

const present = spawnSync("curl", ["--aws-sigv4", "x", "--version"]).status === 0;
if (!present) process.stderr.write("skipped: this computer's curl is older than 7.75 and signs nothing: the loader is not run\n");
const whenPresent = present ? test : test.skip;
jest.setTimeout(30_000);

const agent = "console.log('an agent');\n";
describe.each([
  ["AWS", nodePlatform(), instance],
  ["Google Cloud", googleNode, instance],
  ["vSphere", vsphereNode, guest.instance],
])("on %s", (_, platform, own) => {
  let root: string;
  let world: StandIn;
  let machine: ChildProcess | undefined;
  let log: string;

  /** A runtime as upstream packs it; the program in it is the one that runs this test. */
  function packedRuntime(): Buffer {
    const folder = join(root, "packed/node-v1-linux-x64/bin");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "node"), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
    return spawnSync("tar", ["-cz", "-C", join(root, "packed"), "."]).stdout;
  }

  function put(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  }

  const at = (path: string): string | undefined => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);
  const installedAgent = () => at("opt/coppice/agent/agent.js");
  const started = () => at("systemctl.log")?.trim().split("\n") ?? [];
  const desired = (digest?: string) =>
    `${JSON.stringify({ ...(digest && { agent: digest }), cluster: "orchard", role: "worker" }, null, 2)}\n`;
  const desiredAgent = (text: string) => JSON.stringify({ sha256: sha256(text), bundle: Buffer.from(text).toString("base64") });

  let runtime: Buffer;
  let runtimeKey: string;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "loader-"));
    log = "";
    world = new StandIn(platform.store.bucket);
    const address = await world.start();
    runtime = packedRuntime();
    runtimeKey = `artifacts/${sha256(runtime)}`;
    world.upstream.set("/upstream/node.tar.gz", runtime);
    for (const file of loaderFiles(clusterSpec(), { role: "worker", name: "general" }, platform)) {
      const text = file.path.endsWith(".json") ? identity(file.text, address) : onThisComputer(file.text, address);
      put(file.path, text, parseInt(file.mode, 8));
    }
    for (const [path, text] of Object.entries(guest.files)) put(path, text, 0o755);
    put("bin/systemctl", `#!/bin/sh\necho "$*" >>'${root}/systemctl.log'\n`, 0o755);
    put("bin/timedatectl", `#!/bin/sh\ncat '${root}/synchronized'\n`, 0o755);
    put("synchronized", "no\n");
    put("offset", "0\n");
    // A clock of its own: nothing here may set the computer's.
    put(
      "bin/date",
      `#!/bin/sh\nnow=$(($(/bin/date +%s) + $(cat '${root}/offset')))\ncase $1 in\n-s) echo $((\${2#@} - $(/bin/date +%s))) >'${root}/offset' ;;\n+%s) echo $now ;;\n*) exec /bin/date "$@" ;;\nesac\n`,
      0o755,
    );
  });

  afterEach(async () => {
    if (machine && machine.exitCode === null) {
      const gone = new Promise((resolve) => machine?.once("close", resolve));
      process.kill(-(machine.pid ?? 0));
      await gone;
    }
    machine = undefined;
    world.stop();
    rmSync(root, { recursive: true, force: true });
  });

  function identity(text: string, address: string): string {
    const known = machineIdentity.parse(JSON.parse(text));
    return JSON.stringify({
      ...known,
      store: { ...known.store, endpoint: address },
      runtime: { url: `${address}/upstream/node.tar.gz`, sha256: sha256(runtime) },
    });
  }

  /** The same script with its folders below a temporary one, the metadata service on this computer, and no patience. */
  function onThisComputer(text: string, address: string): string {
    return text
      .replace(/\/(opt\/coppice|etc\/coppice|sys\/class)/g, `${root}$&`)
      .replaceAll("http://169.254.169.254", address)
      .replace(/sleep 1$/m, "sleep 0.01")
      .replace(/sleep \$\(\(5.*/, "sleep 0.1");
  }

  function boot(): Promise<number | null> {
    const child = spawn(join(root, "opt/coppice/bin/loader"), {
      env: { PATH: `${root}/bin:${process.env["PATH"] ?? ""}` },
      detached: true,
    });
    machine = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (log += data.toString()));
    return new Promise((resolve) => child.once("close", resolve));
  }

  async function until(what: () => boolean): Promise<void> {
    for (const end = Date.now() + 15_000; !what();) {
      if (Date.now() > end) throw new Error(`it did not happen; the loader said:\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  whenPresent("a fresh machine gets the runtime from upstream, the agent from the store, and starts it", async () => {
    world.objects.set("desired/worker", desired(sha256(agent)));
    world.objects.set("desired/agent", desiredAgent(agent));
    expect([await boot(), log]).toEqual([0, ""]);
    expect(installedAgent()).toBe(agent);
    expect(started()).toEqual(["start coppice-deadline.timer", "start --no-block coppice-agent.service"]);
    expect(existsSync(join(root, "opt/coppice/loader"))).toBe(false);
  });

  whenPresent("what the store has is not asked of upstream", async () => {
    world.objects.set("desired/worker", desired(sha256(agent)));
    world.objects.set(runtimeKey, runtime);
    world.objects.set(`artifacts/${sha256(agent)}`, agent);
    expect(await boot()).toBe(0);
    expect(installedAgent()).toBe(agent);
    expect(world.asked.filter((path) => path.startsWith("/upstream/") || path.endsWith("desired/agent"))).toEqual([]);
  });

  whenPresent("a runtime with one flipped byte is never put in its place, wherever it comes from", async () => {
    const flipped = Buffer.from(runtime);
    flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1;
    world.objects.set(runtimeKey, flipped);
    world.upstream.set("/upstream/node.tar.gz", flipped);
    world.objects.set("desired/worker", desired(sha256(agent)));
    world.objects.set(`artifacts/${sha256(agent)}`, agent);
    const end = boot();
    await until(() => log.split("no runtime yet").length > 2);
    expect(at("opt/coppice/bin/node")).toBeUndefined();
    expect(started()).toEqual([]);
    world.upstream.set("/upstream/node.tar.gz", runtime);
    expect(await end).toBe(0);
    expect(installedAgent()).toBe(agent);
  });

  whenPresent("an agent with one flipped byte is never put in its place", async () => {
    world.objects.set("desired/worker", desired(sha256(agent)));
    world.objects.set(`artifacts/${sha256(agent)}`, agent.replace("an", "aN"));
    world.objects.set("desired/agent", desiredAgent(agent.replace("an", "aN")));
    void boot();
    await until(() => log.includes(`no agent ${sha256(agent)} yet`));
    expect(installedAgent()).toBeUndefined();
    expect(started()).toContain("start coppice-deadline.timer");
    expect(started()).not.toContain("start --no-block coppice-agent.service");
  });

  whenPresent("a configuration without an agent is waited on, and is no reason to give the machine up", async () => {
    world.objects.set("desired/worker", desired());
    void boot();
    await until(() => log.includes("no agent in the configuration of worker yet"));
    expect(started()).toEqual([]);
  });

  whenPresent("an agent that is here already stays, and is given the same deadline after a reboot", async () => {
    put("opt/coppice/agent/agent.js", "an older one");
    world.objects.set("desired/worker", desired(sha256(agent)));
    expect(await boot()).toBe(0);
    expect(installedAgent()).toBe("an older one");
    expect(started()).toEqual(["start coppice-deadline.timer", "start --no-block coppice-agent.service"]);
  });

  const agents = { good: "the good one", candidate: "the candidate" };
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const earlier = new Date(Date.now() - 1000).toISOString();

  whenPresent.each([
    ["good", "no roll-out runs", { state: "whole", done: [] }],
    ["good", "another machine is named", { state: "rolling", done: ["i-1"], machine: "i-2", until: later }],
    ["candidate", "it is named", { state: "rolling", done: [], machine: own, until: later }],
    ["candidate", "it is through", { state: "rolling", done: [own], machine: "i-2", until: later }],
    ["candidate", "its seat is named", { state: "rolling", done: [], machine: "general", until: later }],
    ["good", "the time of the roll-out is over", { state: "rolling", done: [], machine: "general", until: earlier }],
    ["good", "the roll-out has failed", { state: "failed", done: ["i-1"], machine: "general", until: later }],
    ["candidate", "it was through before another failed", { state: "failed", done: ["general"], machine: "i-2", until: later }],
    ["candidate", "nothing of its tier has served for long", { state: "rolling", done: [], emergency: true }],
    ["good", "that has failed too", { state: "failed", done: [], emergency: true }],
    ["good", "nobody is named yet", { state: "rolling", done: [] }],
  ] as const)("a machine boots the %s configuration when %s", async (expected, __, record) => {
    const configurations = { good: desired(sha256(agents.good)), candidate: desired(sha256(agents.candidate)) };
    for (const which of ["good", "candidate"] as const) {
      world.objects.set(`config/worker/${sha256(configurations[which])}`, configurations[which]);
      world.objects.set(`artifacts/${sha256(agents[which])}`, agents[which]);
    }
    const rollout = { good: sha256(configurations.good), candidate: sha256(configurations.candidate), fence: 1, ...record };
    world.objects.set("rollout/worker", JSON.stringify(rollout));
    expect([await boot(), log]).toEqual([0, ""]);
    expect(installedAgent()).toBe(agents[expected]);
  });

  whenPresent("a configuration that is not what the roll-out names is refused", async () => {
    const good = sha256(desired(sha256(agent)));
    world.objects.set("rollout/worker", JSON.stringify({ good, state: "whole", done: [], fence: 1 }));
    world.objects.set(`config/worker/${good}`, desired(sha256("another")));
    void boot();
    await until(() => log.includes("no configuration of worker yet"));
    expect(started()).toEqual([]);
  });

  describe("the clock", () => {
    const day = 86_400;
    beforeEach(() => {
      world.objects.set("desired/worker", desired(sha256(agent)));
      world.objects.set(`artifacts/${sha256(agent)}`, agent);
      world.objects.set(runtimeKey, runtime);
    });
    const offset = () => Number(at("offset"));

    whenPresent("is taken from the store when it is far off and no time server answers", async () => {
      put("offset", `${-400 * day}\n`);
      expect(await boot()).toBe(0);
      // The time that the wait seems to take is added: a minute.
      expect(Math.abs(offset())).toBeLessThan(75);
    });

    whenPresent("is left to a time server that answers", async () => {
      put("offset", `${-400 * day}\n`);
      put("synchronized", "yes\n");
      expect(await boot()).toBe(0);
      expect(offset()).toBe(-400 * day);
    });

    whenPresent("never goes back before the image was built", async () => {
      world.date = new Date("2001-01-01T00:00:00Z");
      void boot();
      await until(() => log.includes("no time of the store yet"));
      expect(offset()).toBe(0);
      expect(installedAgent()).toBeUndefined();
    });
  });
});
