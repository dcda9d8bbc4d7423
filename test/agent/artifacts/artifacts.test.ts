import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { artifactKey, share, take, tidy } from "../../../agent/artifacts";
import { Site, sha256 } from "./depot";

let site: Site;
beforeEach(async () => {
  site = new Site();
  await site.begin();
});
afterEach(() => site.end());

const bytes = randomBytes(200_000);
const flipped = Buffer.from(bytes);
flipped[100_000] = (flipped[100_000] ?? 0) ^ 1;

test("the first machine downloads and shares, all later ones ask nobody outside", async () => {
  const download = site.offer("/release/etcd", bytes);
  const first = await take(site.machine("one"), download);
  expect(first).toMatchObject({ kind: "taken", from: "upstream" });
  expect(await share(site.machine("one"))).toEqual([]);
  expect(await take(site.machine("two"), download)).toMatchObject({ kind: "taken", from: "store" });
  expect(await take(site.machine("two"), download)).toMatchObject({ kind: "taken", from: "disk" });
  expect(site.asked).toEqual(["/release/etcd"]);
  expect(first.kind === "taken" && readFileSync(first.path).equals(bytes)).toBe(true);
  expect(readdirSync(site.machine("one").folder)).toEqual([download.sha256]);
});

test("what came from the store is not shared again, and what another machine shared first is shared once", async () => {
  const download = site.offer("/release/etcd", bytes);
  await Promise.all(["one", "two"].map((name) => take(site.machine(name), download)));
  for (const name of ["one", "two"]) expect(await share(site.machine(name))).toEqual([]);
  await take(site.machine("three"), download);
  expect(await share(site.machine("three"))).toEqual([]);
  expect(site.store.puts).toBe(2);
  for (const name of ["one", "two", "three"]) expect(readdirSync(site.machine(name).folder)).toEqual([download.sha256]);
});

test("a store that is away gets it the next time, also from a program that was put in its place and an agent that began anew", async () => {
  const download = site.offer("/release/etcd", bytes);
  const depot = site.machine("one");
  const taken = await take(depot, download);
  rmSync(taken.kind === "taken" ? taken.path : "");
  site.store.failure = { kind: "unavailable", reason: "503 SlowDown" };
  expect(await share(depot)).toEqual([`${download.sha256}: 503 SlowDown`]);
  delete site.store.failure;
  await tidy(depot);
  expect(await share(depot)).toEqual([]);
  expect(readFileSync(site.store.at(artifactKey(download.sha256))).equals(bytes)).toBe(true);
  expect(readdirSync(depot.folder)).toEqual([]);
});

test("a flipped byte is used nowhere: not from upstream, not from the store, not from the disk", async () => {
  const wanted = sha256(bytes);
  const url = site.offer("/release/etcd", flipped).url;
  const depot = site.machine("one");
  expect(await take(depot, { url, sha256: wanted })).toEqual({
    kind: "missing",
    reason: `store: absent; ${url}: its digest is ${sha256(flipped)}`,
  });
  expect(readdirSync(depot.folder)).toEqual([]);
  expect(site.store.puts).toBe(0);

  writeFileSync(site.store.at(artifactKey(wanted)), flipped);
  mkdirSync(depot.folder, { recursive: true });
  writeFileSync(join(depot.folder, wanted), flipped);
  site.upstream.set("/release/etcd", bytes);
  expect(await take(depot, { url, sha256: wanted })).toMatchObject({ kind: "taken", from: "upstream" });
  expect(sha256(readFileSync(join(depot.folder, wanted)))).toBe(wanted);
  await share(depot);
  // The store keeps what it has: whoever reads it finds that it is wrong, and asks upstream.
  expect(sha256(readFileSync(site.store.at(artifactKey(wanted))))).toBe(sha256(flipped));
});

test.each([
  ["half a download", "cut", /aborted|ECONNRESET/],
  ["silence", "silent", /no answer within 0.3 s/],
  ["404", 404, /404$/],
  ["a loop of redirects", { to: "/release/etcd" }, /more than 5 redirects$/],
] as const)("%s leaves nothing behind, and says so", async (_name, answer, reason) => {
  site.upstream.set("/release/etcd", answer);
  const depot = site.machine("one");
  const taken = await take(depot, { url: `${site.endpoint}/release/etcd`, sha256: sha256(bytes) });
  expect(taken).toMatchObject({ kind: "missing", reason: expect.stringMatching(reason) as string });
  expect(readdirSync(depot.folder)).toEqual([]);
});

test("follows a redirect", async () => {
  const { sha256 } = site.offer("/cdn/etcd", bytes);
  site.upstream.set("/release/etcd", { to: "/cdn/etcd" });
  expect(await take(site.machine("one"), { url: `${site.endpoint}/release/etcd`, sha256 })).toMatchObject({ kind: "taken" });
});

test("a store that is away or refuses is no reason to fail", async () => {
  const download = site.offer("/release/etcd", bytes);
  site.store.failure = { kind: "unavailable", reason: "503 SlowDown" };
  expect(await take(site.machine("one"), download)).toMatchObject({ kind: "taken", from: "upstream" });
  site.upstream.clear();
  expect(await take(site.machine("two"), download)).toMatchObject({ reason: `store: 503 SlowDown; ${download.url}: 404` });
});

test("two downloads of one artifact at once do not disturb each other", async () => {
  const download = site.offer("/release/etcd", bytes);
  const depot = site.machine("one");
  const both = await Promise.all([take(depot, download), take(depot, download)]);
  expect(both.map(({ kind }) => kind)).toEqual(["taken", "taken"]);
  expect(readdirSync(depot.folder)).toEqual([download.sha256, `${download.sha256}.to-share`]);
});

test("what a killed agent left half done is tidied, finished files stay", async () => {
  const depot = site.machine("one");
  await tidy(depot);
  mkdirSync(depot.folder, { recursive: true });
  for (const name of [".abc-1", ".unpacked-2", "etcd.installed"]) writeFileSync(join(depot.folder, name), "x");
  await tidy(depot);
  expect(readdirSync(depot.folder)).toEqual(["etcd.installed"]);
});
