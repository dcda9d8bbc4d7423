import { ProjectIamCustomRole } from "@cdktf/provider-google/lib/project-iam-custom-role";
import { ProjectIamMember } from "@cdktf/provider-google/lib/project-iam-member";
import { ServiceAccount } from "@cdktf/provider-google/lib/service-account";
import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member";
import { names } from "../../spec/names";
import type { Role } from "../../spec/roles";
import { etcdSeats, masterSeats, type Seat } from "../../spec/seats";
import type { Context } from "./context";
import { conditions, permissions, type Permitted } from "./rights";

/** Addresses of the service accounts that machines run as: one a seat, one for all workers; or those that the environment brings. */
export interface Accounts {
  of(role: Role, seat?: string): string;
  /** All of a tier, each once: who a firewall rule is about. */
  tier(role: Role): readonly string[];
}

export function accounts(context: Context, bucket: string): Accounts {
  const { spec, placement } = context;
  if (placement.accounts !== undefined) {
    const existing = { etcd: placement.accounts.etcd, master: placement.accounts.masters, worker: placement.accounts.workers };
    return { of: (role) => existing[role], tier: (role) => [existing[role]] };
  }
  const roles = customRoles(context);
  const seats: readonly Seat[] = [...etcdSeats(spec), ...masterSeats(spec)];
  const made = new Map(seats.map((seat) => [seat.name, account(context, bucket, roles, seat)]));
  const workers = account(context, bucket, roles, { role: "worker", name: "workers" });
  const of = (role: Role, seat?: string): string => (role === "worker" ? workers : (made.get(seat ?? "") ?? ""));
  const tier = (role: Role): string[] =>
    role === "worker" ? [workers] : seats.filter((seat) => seat.role === role).map((seat) => of(role, seat.name));
  return { of, tier };
}

type Roles = Readonly<Record<Permitted, string>>;

/** A role's id has no dashes, and the cluster's name no underscores. */
function customRoles({ stack, spec }: Context): Roles {
  const entries = Object.entries(permissions).map(([id, allowed]) => {
    const role = new ProjectIamCustomRole(stack, `${id}-role`, {
      roleId: `coppice_${spec.name.replaceAll("-", "_")}_${id}`,
      title: names.of(spec, id),
      description: `Machines of cluster ${spec.name}`,
      permissions: [...allowed],
    });
    return [id, role.name];
  });
  return Object.fromEntries(entries) as Roles;
}

function account(context: Context, bucket: string, roles: Roles, who: Pick<Seat, "name"> & { readonly role: Role; zone?: string }): string {
  const { stack, spec, placement } = context;
  const { role, name } = who;
  const { member, email } = new ServiceAccount(stack, `${name}-account`, {
    accountId: names.of(spec, name),
    displayName: `Machines of ${names.of(spec, name)}`,
  });
  new StorageBucketIamMember(stack, `${name}-store-list`, { bucket, role: roles.list, member });
  const seat = role === "worker" ? undefined : name;
  for (const right of ["read", "create", "write", "remove"] as const) {
    conditions(context.node.store.bucket, role, right, seat).forEach((expression, index) => {
      const title = `store-${right}-${index}`;
      new StorageBucketIamMember(stack, `${name}-${title}`, { bucket, role: roles[right], member, condition: { title, expression } });
    });
  }
  if (role === "etcd") {
    // Its own disk, so that it knows whether there is one.
    const disk = `projects/${placement.project}/zones/${who.zone}/disks/${names.of(spec, name)}`;
    const condition = { title: "own-disk", expression: `resource.name == "${disk}"` };
    new ProjectIamMember(stack, `${name}-disk`, { project: placement.project, role: roles.disk, member, condition });
  }
  // The call knows no single machines: who may list sees those of the whole project.
  if (role === "master") new ProjectIamMember(stack, `${name}-instances`, { project: placement.project, role: roles.instances, member });
  return email;
}
