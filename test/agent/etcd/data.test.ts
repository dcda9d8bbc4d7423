import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DataFolder } from "../../../agent/etcd/data";
import type { MemberData } from "../../../agent/observation";
import { freePort } from "../../loopback";
import { fill, programs, put, startMembers, withEtcd, type TestCluster } from "../upkeep/members";
import { change, flip, killed, mark, token } from "./member-files";

/** Small, so that snapshots are among what is read. No machine loses its power here, so nothing has to reach the disk. */
const snapshotEvery = 100;
function seen(folder: string): Promise<MemberData> {
  return new DataFolder(folder).read(false).then(({ data, reason }) => {
    if (data.state !== "valid") throw new Error(`${data.state}: ${reason}`);
    return data;
  });
}

withEtcd("the data of real members", () => {
  let cluster: TestCluster;
  const extra: ChildProcess[] = [];
  const folderOf = (name: string) => join(cluster.folder, name);
  /** What the others answer while one is down changes nothing any more: all are killed at once. */
  const killAll = () => Promise.all([...cluster.members.map(({ process }) => process), ...extra].map(killed));

  beforeEach(async () => {
    cluster = await startMembers(3, [`--snapshot-count=${snapshotEvery}`, "--unsafe-no-fsync"]);
    for (const { name } of cluster.members) mark(folderOf(name));
  }, 30_000);

  afterEach(async () => {
    await killAll();
    await cluster.stop();
  });

  it("are what the members themselves said before they were killed", async () => {
    const [first] = cluster.members;
    if (!first) throw new Error("no member");
    expect(await fill(first.endpoint, 350, 500, (index) => `/key/${index}`)).toBe(350);
    // etcd puts what it has taken in into its database ten times a second.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const list = await first.client.members();
    const said = await Promise.all(cluster.members.map(({ client }) => client.status()));
    await killAll();
    if (list.kind !== "answered") throw new Error(list.reason);
    const voters = list.value.members.map(({ ID }) => ID).sort();
    for (const [place, { name }] of cluster.members.entries()) {
      const status = said[place];
      if (status?.kind !== "answered") throw new Error("no status");
      const data = await seen(folderOf(name));
      expect(data).toMatchObject({
        epoch: 3,
        token,
        clusterId: status.value.header.cluster_id,
        member: status.value.header.member_id,
        voter: true,
        term: status.value.raftTerm,
        index: status.value.raftIndex,
        revision: status.value.header.revision,
      });
      expect(data.membership.voters).toEqual(voters);
      expect(data.membership.index).toBeGreaterThanOrEqual(snapshotEvery);
    }
  }, 60_000);

  it("follow a learner from its first start to its vote, and a member out", async () => {
    const [first, second] = cluster.members;
    if (!first || !second) throw new Error("no member");
    const [client, peer] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`) as [string, string];
    const folder = folderOf("etcd-9");
    const reader = new DataFolder(folder);
    expect(await reader.read(true)).toEqual({ data: { state: "empty" } });
    // Members of three that have just met are none that etcd counts on.
    while ((await first.client.addLearner(peer)).kind !== "answered") await new Promise((resolve) => setTimeout(resolve, 200));
    const list = await first.client.members();
    const others = list.kind === "answered" ? list.value.members : [];
    const all = others.map(({ name, peerURLs }) => `${name || "etcd-9"}=${peerURLs[0]}`).join(",");
    extra.push(
      spawn(join(programs ?? "", "etcd"), [
        ...["--name=etcd-9", `--data-dir=${folder}`, "--log-level=error", "--initial-cluster-state=existing", `--initial-cluster=${all}`],
        ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`, `--listen-peer-urls=${peer}`],
        ...[`--initial-advertise-peer-urls=${peer}`, `--snapshot-count=${snapshotEvery}`],
      ]),
    );
    const learner = others.find(({ name }) => name === "")?.ID ?? "";
    while ((await first.client.promote(learner)).kind !== "answered") {
      await new Promise((resolve) => setTimeout(resolve, 200));
      mark(folder);
      const { data } = await reader.read(true);
      if (data.state === "valid") expect(data).toMatchObject({ voter: false, member: learner });
    }
    const promoted = { voter: true, member: learner };
    await until(async () => matches((await reader.read(true)).data, promoted));
    const gone = await second.client.status();
    const goneId = gone.kind === "answered" ? gone.value.header.member_id : "";
    while ((await first.client.remove(goneId)).kind !== "answered") await new Promise((resolve) => setTimeout(resolve, 200));
    await put(first.endpoint, "/after", "the removal");
    await new Promise((resolve) => setTimeout(resolve, 500));
    await killAll();
    const data = await seen(folder);
    expect(data.membership.voters).toHaveLength(3);
    expect(data.membership.voters).toContain(learner);
    expect(data.membership.voters).not.toContain(goneId);
    expect((await reader.read(false)).data).toEqual(data);
    expect((await seen(folderOf(first.name))).membership.voters).toEqual(data.membership.voters);
    // It learned so itself, from the log or from the others, and ended without a fault.
    expect(cluster.members[1]?.process.exitCode ?? 0).toBe(0);
  }, 60_000);
});

withEtcd("a log of several files", () => {
  it("is read on from where the last look stopped", async () => {
    const cluster = await startMembers(1, ["--unsafe-no-fsync"]);
    const [only] = cluster.members;
    if (!only) throw new Error("no member");
    const folder = join(cluster.folder, only.name);
    mark(folder);
    const reader = new DataFolder(folder);
    let before = 0;
    for (let round = 0; round < 7; round++) {
      await fill(only.endpoint, 20, 1_000_000, (index) => `/large/${index}`);
      const { data, reason } = await reader.read(true);
      if (data.state !== "valid") throw new Error(`${data.state}: ${reason}`);
      expect(data.index).toBeGreaterThan(before);
      before = data.index;
    }
    await killed(only.process);
    const files = readdirSync(join(folder, "member/wal")).filter((name) => name.endsWith(".wal"));
    expect(files.length).toBeGreaterThan(2);
    expect((await reader.read(false)).data).toEqual(await seen(folder));
    // The sum of every file follows on the one before.
    const [, second = ""] = files.sort();
    change(join(folder, "member/wal", second), 1_000_000, 1, flip);
    expect((await new DataFolder(folder).read(false)).reason).toMatch(/does not have its sum/);
    rmSync(join(folder, "member/wal", second));
    expect((await new DataFolder(folder).read(false)).reason).toMatch(/is missing after/);
    await cluster.stop();
  }, 60_000);
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("it never held");
}

function matches(found: object, wanted: object): boolean {
  return Object.entries(wanted).every(([name, value]) => (found as Record<string, unknown>)[name] === value);
}
