import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeatDisk } from "../../../agent/etcd/disk";
import { saveSeed } from "../../../agent/etcd/seed";
import { Place } from "../../../agent/pki/place";
import { Objects } from "../../../agent/store/objects";
import type { Epoch } from "../../../constructs/spec/store";
import { answers } from "../../loopback";
import { FolderStore } from "../upkeep/folder-store";
import { fill, programs, put, startMembers, tools, withEtcd } from "../upkeep/members";

const token = "0123456789abcdef0123456789abcdef";
const writes = 60;
const ids = () => Promise.resolve({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });

withEtcd("a seed of a member that was started again after another one was removed", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const store = new FolderStore(() => Date.now());
  const disk = new SeatDisk(join(folder, "volume"), new Place("", ids));
  const objects = new Objects(store, () => performance.now());
  const epoch: Epoch = { cluster: "orchard", number: 1, token, state: "running", seats: [], joined: [], authorities: {} };

  afterAll(() => {
    store.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has everything, though etcd's own snapshot of the members has later ones than its index", async () => {
    const cluster = await startMembers(3, ["--unsafe-no-fsync", "--strict-reconfig-check=false"], undefined, 1);
    try {
      const leader = await cluster.leader();
      await answers(`${leader.endpoint}/version`, async (answer) => (await answer.text()).includes('"etcdcluster":"3.6.0"'));
      // More than etcd takes in at once when it starts again.
      await fill(leader.endpoint, writes, 50_000, (index) => `/key/${index}`);
      const listed = await leader.client.members();
      const lost = listed.kind === "answered" ? listed.value.members.find(({ name }) => name !== leader.name) : undefined;
      execFileSync(tools.etcdctl, [`--endpoints=${leader.endpoint}`, "member", "remove", lost?.ID ?? ""]);
      await put(leader.endpoint, "/key", "after");
      const died = new Promise((resolve) => leader.process.once("close", resolve));
      leader.process.kill("SIGKILL");
      await died;
      const again = spawn(leader.process.spawnfile, leader.process.spawnargs.slice(1), { stdio: "ignore" });
      const ended = new Promise((resolve) => again.once("close", resolve));
      await answers(`${leader.listener}/readyz`, ({ ok }) => ok);
      again.kill("SIGKILL");
      await ended;
      mkdirSync(disk.folder, { recursive: true });
      cpSync(join(cluster.folder, leader.name), disk.data, { recursive: true });
    } finally {
      await cluster.stop();
    }
    writeFileSync(join(disk.data, "incarnation.json"), JSON.stringify({ number: 1, token }));
    // What makes the difference, and would be gone if etcd wrote no such file any more.
    expect(readdirSync(join(disk.data, "member/snap")).filter((name) => name.endsWith(".snap"))).toHaveLength(1);
    await objects.list("");
    const etcd = join(programs ?? "", "etcd");
    const seed = await saveSeed({ epoch, disk, store, objects, tools, etcd, scratch: join(folder, "scratch") });
    expect(seed).toMatchObject({ kind: "saved", record: { revision: 1 + writes + 1 } });
    expect(readdirSync(join(disk.data, "member/snap")).filter((name) => name.endsWith(".snap"))).toHaveLength(1);
  }, 60_000);
});
