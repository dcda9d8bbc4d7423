import { desiredRepair } from "../../constructs/spec/store";
import type { RoleConfiguration } from "../../constructs/spec/role-configuration";
import type { Role } from "../../constructs/spec/roles";
import { readRollout } from "../rollout";
import { isOpen } from "../windows";
import { readDesired } from "./configuration";
import type { Machine } from "./machine";

type Reading = Pick<Machine, "store" | "objects" | "identity">;

/** Whether all of a role runs what is desired of it; what that is, if so. */
export async function isThrough({ store, objects, identity }: Reading, role: Role): Promise<RoleConfiguration | undefined> {
  const rollout = await readRollout(objects, role);
  if (rollout.kind !== "found" || rollout.value.state !== "whole") return undefined;
  const desired = await readDesired(store, identity.cluster, role);
  return desired.kind === "configured" && desired.configured.digest === rollout.value.good ? desired.configured.value : undefined;
}

/** Whether serving machines may be taken down now, by windows and pauses. Nobody knows without the store, and then none is. */
export async function mayDisturb({ objects }: Pick<Machine, "objects">): Promise<boolean> {
  const repair = await objects.read("desired/repair", desiredRepair);
  return repair.kind === "found" && isOpen(repair.value, repair.now);
}
