import { readdirSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../../agent/artifacts";
import { Objects } from "../../../agent/store/objects";
import { newestVerified } from "../../../agent/snapshots";
import { verifySnapshot } from "../../../agent/upkeep/snapshot-files";
import { Snapshots } from "../../../agent/upkeep/snapshots";
import { upkeepTimes } from "../../../agent/upkeep/times";
import { Turns } from "../../../agent/upkeep/turns";
import { servers } from "../store-clients/servers";
import { put, startMembers, tools, withEtcd } from "./members";
import { ownMember, runningEpoch, temporaryFolder } from "./own-member";

beforeEach(() => jest.spyOn(process.stdout, "write").mockReturnValue(true));
afterEach(() => jest.restoreAllMocks());

const s3 = servers.find(({ name, missing }) => name === "S3 (versitygw)" && missing === undefined);
const onS3 = s3 ? test : test.skip;

withEtcd("snapshots in a real store", () => {
  onS3(
    "of two agents at once, there is one, and it is what was saved",
    async () => {
      const folder = temporaryFolder();
      const cluster = await startMembers(1);
      const server = await s3?.start();
      try {
        const [member] = cluster.members;
        if (!server || !member) throw new Error("it did not start");
        const store = server.open();
        await store.putIfAbsent("epoch", JSON.stringify(await runningEpoch(cluster)));
        await put(member.endpoint, "/registry/key", "value");
        const agents = ["one", "two"].map((name) => {
          const own = ownMember(member, store, folder.path, { scratch: join(folder.path, name) });
          return new Snapshots(own, upkeepTimes, new Turns());
        });
        const both = await Promise.all(agents.map((one) => one.now()));
        expect(both.map(({ kind }) => kind)).toEqual(["published", "published"]);
        expect(await store.list("snapshots/")).toEqual({ kind: "listed", keys: ["snapshots/1/2.db", "snapshots/1/2.json"] });
        const record = await newestVerified(new Objects(store, () => 0));
        const fetched = join(folder.path, "fetched.db");
        expect(await store.getFile("snapshots/1/2.db", fetched)).toMatchObject({ kind: "found" });
        expect(record).toMatchObject({ revision: 2, sha256: await digestOf(fetched) });
        expect(await verifySnapshot(tools.etcdutl, fetched, join(folder.path, "verify"))).toEqual({ kind: "verified", revision: 2 });
        expect(readdirSync(folder.path)).toEqual(["fetched.db"]);
      } finally {
        await server?.stop();
        await cluster.stop();
        folder.remove();
      }
    },
    60_000,
  );
});
