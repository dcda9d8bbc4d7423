import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryStore } from "../../../agent/store/memory";
import { objectsAtRepair, selfTest } from "../../../agent/store/self-test";
import type { Store, Writing } from "../../../agent/store/store";
import { runnable } from "./servers";
import type { Server } from "./started";

/** One body for every client: what the agent relies on, whatever the store is. */
const kinds: readonly { name: string; start: () => Promise<{ store: Store; server?: Server }> }[] = [
  { name: "memory", start: () => Promise.resolve({ store: new MemoryStore(Date.now) }) },
  ...runnable.map(({ name, start }) => ({
    name,
    start: async () => {
      const server = await start();
      return { store: server.open(), server };
    },
  })),
];

const versionOf = (writing: Writing): string => {
  if (writing.kind !== "written") throw new Error(JSON.stringify(writing));
  return writing.version;
};

describe.each(kinds)("a store: $name", ({ name, start }) => {
  let store: Store;
  let server: Server | undefined;
  beforeAll(async () => {
    ({ store, server } = await start());
  }, 120_000);
  afterAll(() => server?.stop());

  test("what is not there is absent, with the store's clock", async () => {
    const read = await store.get("absent");
    expect(read).toMatchObject({ kind: "absent" });
    expect(Math.abs(Date.now() - (read.kind === "absent" ? read.now : 0))).toBeLessThan(5000);
    expect(await store.delete("absent")).toEqual({ kind: "deleted" });
  });

  test("put-if-absent lets the first win, put-if-match only who read the last version", async () => {
    const first = versionOf(await store.putIfAbsent("epoch", '{"number":1}'));
    expect(await store.putIfAbsent("epoch", '{"number":2}')).toEqual({ kind: "conflict" });
    expect(await store.get("epoch")).toMatchObject({ kind: "found", body: '{"number":1}', version: first });
    const second = versionOf(await store.putIfMatch("epoch", '{"number":3}', first));
    expect(second).not.toBe(first);
    expect(await store.putIfMatch("epoch", '{"number":4}', first)).toEqual({ kind: "conflict" });
    expect(await store.get("epoch")).toMatchObject({ kind: "found", body: '{"number":3}', version: second });
  });

  test("put-if-match of what is gone is a conflict", async () => {
    const version = versionOf(await store.putIfAbsent("gone", "1"));
    await store.delete("gone");
    expect(await store.putIfMatch("gone", "2", version)).toEqual({ kind: "conflict" });
    expect((await store.putIfAbsent("gone", "3")).kind).toBe("written");
  });

  test("keeps bodies and keys as they are", async () => {
    const body = 'ä "\\n"\n\u2028 </Key> &amp;';
    for (const key of ["trust/a+b c", "trust/ü&<x>", "trust/a%2Fb"]) {
      await store.putIfAbsent(key, body);
      expect(await store.get(key)).toMatchObject({ kind: "found", body });
    }
    expect(await store.list("trust/")).toEqual({ kind: "listed", keys: ["trust/a%2Fb", "trust/a+b c", "trust/ü&<x>"] });
    expect((await store.putIfAbsent("empty", "")).kind).toBe("written");
    expect(await store.get("empty")).toMatchObject({ kind: "found", body: "" });
  });

  test("lists by prefix, sorted, more than one page of them", async () => {
    const keys = Array.from({ length: 1005 }, (_, index) => `votes/${String(index).padStart(5, "0")}/etcd-0`);
    for (let start = 0; start < keys.length; start += 15) {
      await Promise.all(keys.slice(start, start + 15).map((key) => store.putIfAbsent(key, "1")));
    }
    await store.putIfAbsent("vote", "1");
    expect(await store.list("votes/")).toEqual({ kind: "listed", keys });
    expect(await store.list("nothing/")).toEqual({ kind: "listed", keys: [] });
  }, 60_000);

  test("100 races of 8 writers: exactly one wins each", async () => {
    const winners: number[] = [];
    let version: string | undefined;
    for (let round = 0; round < 100; round += 1) {
      const before = version;
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, writer) => {
          const body = `${round} ${writer}`;
          return before === undefined ? store.putIfAbsent("race", body) : store.putIfMatch("race", body, before);
        }),
      );
      const won = results.flatMap((result, writer) => (result.kind === "written" ? [{ writer, version: result.version }] : []));
      expect(results.filter(({ kind }) => kind === "conflict")).toHaveLength(8 - won.length);
      winners.push(won.length);
      expect(await store.get("race")).toMatchObject({ body: `${round} ${won[0]?.writer}`, version: won[0]?.version });
      // Every other round starts from nothing.
      version = round % 2 === 0 ? won[0]?.version : undefined;
      if (version === undefined) await store.delete("race");
    }
    expect(winners).toEqual(Array.from({ length: 100 }, () => 1));
  }, 120_000);

  test("proves its compare-and-swap, and keeps nothing of the proof", async () => {
    expect(await selfTest(store, "self-test/etcd-0/1", objectsAtRepair)).toEqual({ kind: "proven" });
    expect(await store.list("self-test/")).toEqual({ kind: "listed", keys: [] });
  }, 60_000);

  const onlyRealStores = name === "memory" ? undefined : test;
  onlyRealStores?.("keeps files, byte by byte", async () => {
    const files = server?.open();
    const folder = mkdtempSync(join(tmpdir(), "coppice-"));
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    const bytes = randomBytes(3 * 2 ** 20 + 1);
    writeFileSync(from, bytes);
    const digest = createHash("sha256").update(bytes).digest("hex");
    expect(await files?.getFile(`artifacts/${digest}`, to)).toEqual({ kind: "absent" });
    expect((await files?.putFileIfAbsent(`artifacts/${digest}`, from, digest))?.kind).toBe("written");
    expect(await files?.putFileIfAbsent(`artifacts/${digest}`, from, digest)).toEqual({ kind: "conflict" });
    expect(await files?.getFile(`artifacts/${digest}`, to)).toEqual({ kind: "found", sha256: digest });
    expect(readFileSync(to).equals(bytes)).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
