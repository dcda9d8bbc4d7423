import { readFileSync } from "node:fs";
import { approve } from "../../cli/approve";
import { clusterIn, type Cluster } from "../../cli/cluster";
import { requestIdentity } from "../../cli/kubeconfig-request";
import { status } from "../../cli/status";
import type { Store } from "../../agent/store/store";
import { MemoryStore } from "../../agent/store/memory";
import { names } from "../../constructs/spec/names";
import { clusterSpec } from "../node/cluster";
import { ago, digest, StoreWorld } from "./cluster";

/** The policy that docs/access.md has people attach. */
const [, json = ""] = /```json\n(.*?)```/s.exec(readFileSync("docs/access.md", "utf8")) ?? [];
interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const { Statement: statements } = JSON.parse(json) as { Statement: readonly Statement[] };
const spec = clusterSpec({ name: "prod" });
const bucket = `arn:aws:s3:::${names.store(spec)}`;

function mayDo(action: string, key: string, username: string): boolean {
  return statements.some(
    ({ Action, Resource }) =>
      [Action].flat().includes(action) &&
      [Resource]
        .flat()
        .some((resource) => matches(resource.replace("${aws:username}", username), key === "" ? bucket : `${bucket}/${key}`)),
  );
}
const matches = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  ).test(text);

/** A cluster in a store that notes what is done to it. */
function watched(): { cluster: Cluster; done: string[]; world: StoreWorld } {
  const world = new StoreWorld().whole();
  const store = new MemoryStore(() => world.now, world.contents, world.faults);
  const done: string[] = [];
  const noted = new Proxy<Store>(store, {
    get:
      (target, name: keyof Store) =>
      (key: string, ...more: string[]) => {
        done.push(
          {
            get: "s3:GetObject",
            list: "s3:ListBucket",
            putIfAbsent: "s3:PutObject",
            putIfMatch: "s3:PutObject",
            delete: "s3:DeleteObject",
          }[name] + (name === "list" ? " " : ` ${key}`),
        );
        return (target[name] as (...args: string[]) => unknown)(key, ...more);
      },
  });
  return { cluster: clusterIn("prod-aws", spec, world.cluster.platform, noted, () => world.now), done, world };
}

const notAllowed = (done: readonly string[]) =>
  [...new Set(done)].filter((one) => {
    const [action = "", key = ""] = one.split(" ");
    return !mayDo(action, key, "anna");
  });

test("with the policy of docs/access.md, status sees everything that it looks for", async () => {
  const { cluster, done, world } = watched();
  world.put("requests/workers/i-7", { instance: "i-7", pool: "general", reason: "broken", at: ago(9) });
  world.put("requests/seats/etcd-0", { seat: "etcd-0", want: "volume", machine: "i-1", reason: "broken", at: ago(9) });
  world.put("snapshots/2/9.json", { epoch: 2, revision: 9, sha256: digest("c"), bytes: 9, takenAt: ago(9), verifiedAt: ago(9) });
  await status(cluster, { json: false });
  expect(done.length).toBeGreaterThan(15);
  expect(notAllowed(done)).toEqual([]);
});

test("and a person asks for a certificate under the own name, and under no other", async () => {
  const { cluster, done, world } = watched();
  // It would wait for a master.
  const say = (): void => void (world.faults.failure = { kind: "forbidden", reason: "403" });
  await expect(requestIdentity(cluster.objects, "anna", say)).rejects.toThrow(/^you may not read operators\/anna\/certificate/);
  expect(notAllowed(done)).toEqual([]);
  expect(done).toContain("s3:PutObject operators/anna/request");
  expect(mayDo("s3:PutObject", "operators/berta/request", "anna")).toBe(false);
  expect(mayDo("s3:PutObject", "operators/anna/certificate", "anna")).toBe(false);
});

test("and nothing more", async () => {
  const { cluster, done } = watched();
  await expect(approve(cluster, { absent: ["etcd-1"], yes: true, say: () => undefined })).rejects.toThrow(/it lives/);
  expect(notAllowed(done)).toEqual([]);
  for (const key of ["approve/2", "epoch", "desired/etcd", "pki/cluster/kubernetes/1"])
    expect(mayDo("s3:PutObject", key, "anna")).toBe(false);
  for (const key of ["join/worker", "pki/cluster/kubernetes/1", "snapshots/2/9.db"]) expect(mayDo("s3:GetObject", key, "anna")).toBe(false);
});

test("every way to start a session asks for the document, so that a tunnel is no shell", () => {
  const sessions = statements.filter(({ Action }) => [Action].flat().includes("ssm:StartSession"));
  expect(sessions.map(({ Condition }) => Condition?.["BoolIfExists"])).toEqual(
    sessions.map(() => ({ "ssm:SessionDocumentAccessCheck": "true" })),
  );
  expect(sessions.flatMap(({ Resource }) => Resource).filter((one) => one.includes(":document/"))).toEqual([
    "arn:aws:ssm:eu-central-1::document/AWS-StartPortForwardingSession",
  ]);
});

test("the keys of the policy are the cluster's", () => {
  const [unseal] = statements.filter(({ Sid }) => Sid === "Unseal");
  expect(unseal?.Condition?.["ForAnyValue:StringEquals"]).toEqual({
    "kms:ResourceAliases": ["store", "secrets"].map((purpose) => names.keyAlias(spec, purpose)),
  });
});
