import { askedOf, isAllowed } from "../../../lab/google/rights";
import type { Caller } from "../../../lab/store/rights";

const etcd: Caller = { role: "etcd", seat: "etcd-0" };
const master: Caller = { role: "master", seat: "master-1" };
const worker: Caller = { role: "worker" };

const asked = (method: string, path: string) => askedOf(method, new URL(path, "https://storage.googleapis.com"), "example");
const object = (key: string): string => `/storage/v1/b/example/o/${encodeURIComponent(key)}?alt=media`;
const upload = (key: string, generation = "0"): string =>
  `/upload/storage/v1/b/example/o?uploadType=media&name=${encodeURIComponent(key)}&ifGenerationMatch=${generation}`;

test.each<[Caller, string, string, boolean]>([
  [worker, "GET", object("desired/worker"), true],
  [worker, "GET", object("desired/master"), false],
  [worker, "GET", "/storage/v1/b/example/o?prefix=pki", true],
  [worker, "POST", upload("artifacts/00"), true],
  [worker, "POST", upload("artifacts/00", "7"), false],
  [worker, "DELETE", object("artifacts/00"), false],
  [master, "DELETE", object("artifacts/00"), true],
  [master, "POST", upload("seats/master-1", "7"), true],
  [master, "POST", upload("seats/master-0"), false],
  [etcd, "POST", upload("epoch", "7"), true],
  [master, "POST", upload("epoch"), false],
  [etcd, "POST", upload("snapshots/1/2"), true],
  [etcd, "PUT", object("epoch"), false],
])("%j asks %s %s: %s", (caller, method, path, allowed) => {
  const request = asked(method, path);
  expect(request && isAllowed(caller, request)).toBe(allowed);
});

test("other buckets, and what is no object, are nobody's", () => {
  expect(asked("GET", "/storage/v1/b/other/o/epoch")).toBeUndefined();
  expect(asked("GET", "/storage/v1/b/example")).toBeUndefined();
  expect(asked("GET", "/upload/storage/v1/b/example/o?name=epoch")).toBeUndefined();
});
