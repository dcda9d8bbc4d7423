import { isAllowed, type Asked, type Caller } from "../../../lab/store/rights";

const etcd: Caller = { role: "etcd", seat: "etcd-0" };
const master: Caller = { role: "master", seat: "master-1" };
const worker: Caller = { role: "worker" };
const absent = { "if-none-match": "*" };
const match = { "if-match": '"1"' };

function asked(method: string, key: string, headers: Asked["headers"] = {}, query = ""): Asked {
  return { method, key, headers, query: new URLSearchParams(query) };
}

test.each<[Caller, Asked, boolean]>([
  [worker, asked("GET", "desired/worker"), true],
  [worker, asked("GET", "desired/master"), false],
  [worker, asked("HEAD", "artifacts/00"), true],
  [worker, asked("PUT", "artifacts/00", absent), true],
  [worker, asked("PUT", "artifacts/00"), false],
  [worker, asked("PUT", "artifacts/00", match), false],
  [worker, asked("DELETE", "artifacts/00"), false],
  [worker, asked("GET", "", {}, "list-type=2&prefix=pki"), true],
  [worker, asked("DELETE", ""), false],
  [worker, asked("GET", "", {}, "policy"), false],
  [master, asked("DELETE", "artifacts/00"), true],
  [master, asked("PUT", "seats/master-1"), true],
  [master, asked("PUT", "seats/master-0"), false],
  [master, asked("PUT", "desired/master", absent), false],
  [etcd, asked("PUT", "epoch", match), true],
  [etcd, asked("PUT", "epoch"), false],
  [master, asked("PUT", "epoch", match), false],
  [etcd, asked("PUT", "snapshots/1/2", absent), true],
  [etcd, asked("POST", "snapshots/1/2", absent, "uploads"), false],
  [etcd, asked("GET", "approved"), false],
])("%j asks %j: %s", (caller, request, allowed) => {
  expect(isAllowed(caller, request)).toBe(allowed);
});
