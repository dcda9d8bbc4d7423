import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { names } from "../../spec/names";
import type { Role } from "../../spec/roles";
import type { Context } from "./context";
import type { Keys } from "./keys";
import { cloudStatements, storeStatements } from "./rights";

/** Who a machine is for IAM. */
export interface Principal {
  readonly role: Role;
  /** `etcd-0`, or the name of the tier where machines are interchangeable. */
  readonly name: string;
  /** Its seat, where it has one: rights to volumes and status objects end there. */
  readonly seat?: string;
}

/** The instance profile of a machine: one of its own, or the one that the environment brings. */
export function profileOf(context: Context, keys: Keys, principal: Principal): string {
  const { stack, spec, placement } = context;
  if (placement.profiles !== undefined) {
    const existing = { etcd: placement.profiles.etcd, master: placement.profiles.masters, worker: placement.profiles.workers };
    return existing[principal.role];
  }
  const name = names.of(spec, principal.name);
  const role = new IamRole(stack, `${principal.name}-role`, {
    name,
    description: `Machines of ${name}`,
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
    ...(placement.boundary === undefined ? {} : { permissionsBoundary: placement.boundary }),
  });
  const statements = [...storeStatements(context, keys, principal), ...cloudStatements(context, keys, principal)];
  new IamRolePolicy(stack, `${principal.name}-rights`, {
    role: role.name,
    name: "rights",
    policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
  return new IamInstanceProfile(stack, `${principal.name}-profile`, { name, role: role.name }).name;
}
