import { names } from "../names";
import { leaveOut, use, type Problem } from "../problems";
import { rule } from "./rule";

export const stateApart = rule("state-apart", ["backend", "name", "placement"], (sections): Problem[] => {
  const { backend } = sections;
  const store = names.store(sections);
  if (backend.type === "local" || backend.bucket !== store) return [];
  const path = ["backend", "bucket"];
  const rule = "is another bucket than the cluster's store, which its machines write to";
  return [{ path, value: backend.bucket, rule, fix: use(path, store.replace(/^coppice-/, "terraform-")) }];
});

export const stateKeyNear = rule("state-key-near", ["backend"], ({ backend }): Problem[] => {
  if (backend.type !== "s3" || backend.kmsKey === undefined) return [];
  const region = backend.kmsKey.split(":")[3];
  if (region === backend.region) return [];
  const path = ["backend", "kmsKey"];
  return [{ path, value: backend.kmsKey, rule: `lies in the region of the bucket, ${backend.region}`, fix: leaveOut(path) }];
});
