import { execFileSync, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DataFolder } from "../../../agent/etcd/data";
import { answers } from "../../loopback";
import { fill, put, startMembers, tools, withEtcd, type TestMember } from "../upkeep/members";

const writes = 60;

withEtcd("a snapshot of the members that etcd writes while it takes its log in", () => {
  /** Runs the same command again, until it is killed. */
  async function during(member: TestMember, work: () => Promise<void>): Promise<void> {
    const again = spawn(member.process.spawnfile, member.process.spawnargs.slice(1), { stdio: "ignore" });
    const ended = new Promise((resolve) => again.once("close", resolve));
    try {
      await work();
    } finally {
      again.kill("SIGKILL");
      await ended;
    }
  }

  it("is forgotten, and removed members vote no more; the last member serves alone", async () => {
    const cluster = await startMembers(3, ["--unsafe-no-fsync", "--strict-reconfig-check=false"], undefined, 1);
    try {
      const leader = await cluster.leader();
      await answers(`${leader.endpoint}/version`, async (answer) => (await answer.text()).includes('"etcdcluster":"3.6.0"'));
      // More than etcd takes in at once when it starts again.
      await fill(leader.endpoint, writes, 50_000, (index) => `/key/${index}`);
      const listed = await leader.client.members();
      const others = listed.kind === "answered" ? listed.value.members.filter(({ name }) => name !== leader.name) : [];
      for (const { ID } of others) execFileSync(tools.etcdctl, [`--endpoints=${leader.endpoint}`, "member", "remove", ID]);
      await put(leader.endpoint, "/key", "alone");
      const died = new Promise((resolve) => leader.process.once("close", resolve));
      leader.process.kill("SIGKILL");
      await died;
      const data = join(cluster.folder, leader.name);
      const snapshots = () => readdirSync(join(data, "member/snap")).filter((name) => name.endsWith(".snap"));
      const folder = new DataFolder(data);
      await during(leader, async () => {
        await answers(`${leader.listener}/readyz`, ({ ok }) => ok);
        // What makes the difference, and would be gone if etcd wrote no such file any more.
        expect(snapshots()).toHaveLength(1);
      });
      await folder.forgetSnapshots();
      expect(snapshots()).toEqual([]);
      await during(leader, async () => {
        await answers(`${leader.listener}/readyz`, ({ ok }) => ok);
        expect((await put(leader.endpoint, "/key", "still alone")).ok).toBe(true);
      });
    } finally {
      await cluster.stop();
    }
  }, 60_000);
});
