import { spawn } from "node:child_process";
import { closeSync, cpSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataFolder } from "../../../agent/etcd/data";
import { damageIn } from "../../../agent/etcd/last-words";
import { freePort } from "../../loopback";
import { fill, programs, startMembers, withEtcd } from "../upkeep/members";
import { change, flip, killed, mark } from "./member-files";

/** Bytes of the data of a stopped member, changed. */
interface Damage {
  readonly name: string;
  readonly change: (folder: string) => void;
  readonly reason?: RegExp;
}

const wal = (folder: string) =>
  readdirSync(join(folder, "member/wal"))
    .filter((name) => name.endsWith(".wal"))
    .map((name) => join(folder, "member/wal", name))[0] ?? "";
const db = (folder: string) => join(folder, "member/snap/db");

/** Where the records of a log end. */
function endOf(path: string): number {
  const file = openSync(path, "r");
  const word = Buffer.alloc(8);
  let offset = 0;
  while (readSync(file, word, 0, 8, offset) === 8 && word.some((byte) => byte !== 0)) {
    offset += 8 + word.readUIntLE(0, 6) + (word.readUInt8(7) & 7);
  }
  closeSync(file);
  return offset;
}

const zero = () => 0;

const damages: readonly Damage[] = [
  { name: "nothing", change: () => undefined },
  { name: "a record that was not written to its end", change: (folder) => change(wal(folder), endOf(wal(folder)), 16, () => 0x11) },
  { name: "a file of the log that ends after its last record", change: (folder) => truncateSync(wal(folder), endOf(wal(folder))) },
  { name: "the first meta page", change: (folder) => change(db(folder), 0, 4096, zero) },
  { name: "the newest snapshot of the members", change: (folder) => change(snap(folder, -1), 100, 20, flip) },
  {
    name: "a record of the log",
    change: (folder) => change(wal(folder), 50_000, 4, flip),
    reason: /does not have its sum|no message of etcd/,
  },
  {
    name: "a sector in the middle of the log",
    change: (folder) => change(wal(folder), 49_152, 4096, zero),
    reason: /does not have its sum|is cut off/,
  },
  {
    name: "the length of a record, too large",
    change: (folder) => change(wal(folder), lengthAt(folder), 6, () => 0xff),
    reason: /is cut off/,
  },
  { name: "the length of a record, zero", change: (folder) => change(wal(folder), lengthAt(folder), 8, zero), reason: /is cut off/ },
  { name: "a log that was cut in its middle", change: (folder) => truncateSync(wal(folder), 50_000), reason: /is cut off/ },
  { name: "a database without meta pages", change: (folder) => change(db(folder), 0, 8192, zero), reason: /neither of its meta pages/ },
  { name: "a database that is shorter than it says", change: (folder) => truncateSync(db(folder), 16_384), reason: /it ends before/ },
  { name: "no database", change: (folder) => rmSync(db(folder)), reason: /no database/ },
  { name: "no log", change: (folder) => rmSync(join(folder, "member/wal"), { recursive: true }), reason: /no log/ },
  { name: "data of nobody", change: (folder) => rmSync(join(folder, "incarnation.json")), reason: /which epoch/ },
];

function snap(folder: string, place: number): string {
  const names = readdirSync(join(folder, "member/snap")).filter((name) => name.endsWith(".snap"));
  return join(folder, "member/snap", names.sort().at(place) ?? "");
}

/** Of the first record behind the middle of the log. */
function lengthAt(folder: string): number {
  const file = openSync(wal(folder), "r");
  const word = Buffer.alloc(8);
  let offset = 0;
  while (offset < 50_000) {
    readSync(file, word, 0, 8, offset);
    offset += 8 + word.readUIntLE(0, 6) + (word.readUInt8(7) & 7);
  }
  closeSync(file);
  return offset;
}

withEtcd("damaged data", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const whole = join(folder, "whole");

  beforeAll(async () => {
    const cluster = await startMembers(1, ["--snapshot-count=100", "--unsafe-no-fsync"]);
    const [only] = cluster.members;
    if (!only) throw new Error("no member");
    await fill(only.endpoint, 500, 300, (index) => `/key/${index}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await killed(only.process);
    cpSync(join(cluster.folder, only.name), whole, { recursive: true });
    mark(whole);
    await cluster.stop();
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(damages)("$name", async ({ change: apply, reason }) => {
    const copy = join(folder, "copy");
    cpSync(whole, copy, { recursive: true });
    try {
      apply(copy);
      const found = await new DataFolder(copy).read(false);
      expect(found.data.state).toBe(reason ? "corrupt" : "valid");
      if (reason) expect(found.reason).toMatch(reason);
      else expect(found).toEqual(await new DataFolder(whole).read(false));
      // While etcd runs, half of a write is no damage.
      expect((await new DataFolder(copy).read(true)).data.state).toBe(reason ? "empty" : "valid");
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it("deep in the database are told by etcd's own last words", async () => {
    const copy = join(folder, "copy");
    cpSync(whole, copy, { recursive: true });
    const { data } = await new DataFolder(copy).read(false);
    // Of the pages that hold neither the beginning nor the end of a tree, one after the other.
    let words = "";
    for (let page = 4; page < 60 && damageIn(words) === undefined; page++) {
      change(db(copy), page * 4096, 4096, flip);
      if ((await new DataFolder(copy).read(false)).data.state === "corrupt") change(db(copy), page * 4096, 4096, flip);
      else words = await lastWords(copy);
    }
    expect(data.state).toBe("valid");
    expect(damageIn(words)).toMatch(/^panic: |^unexpected fault address|failed to/);
    rmSync(copy, { recursive: true });
  }, 120_000);

  it("that only the log shows, etcd would lose in silence", async () => {
    const copy = join(folder, "copy");
    cpSync(whole, copy, { recursive: true });
    truncateSync(wal(copy), 50_000);
    expect((await new DataFolder(copy).read(false)).data.state).toBe("corrupt");
    expect(damageIn(await lastWords(copy))).toBeUndefined();
    rmSync(copy, { recursive: true });
  }, 60_000);
});

/** What etcd says in its first two seconds on these data. */
async function lastWords(folder: string): Promise<string> {
  const [client, peer] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
  const child = spawn(join(programs ?? "", "etcd"), [
    ...["--name=etcd-0", `--data-dir=${folder}`, `--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
    ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=etcd-0=${peer}`],
  ]);
  let words = "";
  child.stderr.on("data", (text: Buffer) => (words += text.toString("utf8")));
  const ended = new Promise((resolve) => child.once("close", resolve));
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2_000))]);
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await ended;
  }
  return words;
}
