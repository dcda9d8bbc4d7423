import { IamServiceLinkedRole } from "@cdktf/provider-aws/lib/iam-service-linked-role";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { names } from "../../spec/names";
import { dataLifecycle, type Context } from "./context";
import { domainOf } from "./partition";

/** ARNs of the keys, by what they seal; rights to them are granted by purpose. */
export interface Keys {
  /** Objects of the store and log groups. */
  readonly store: string;
  /** What only the control plane may read: private keys and snapshots. Workers have no right to it. */
  readonly secrets: string;
  /** Disks of machines and volumes of seats. */
  readonly volumes: string;
  /** The role that starts machines for the groups, and so must use the key of their disks. */
  readonly groupServiceRole: string;
}

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: Readonly<Record<string, string>>;
  readonly Action: readonly string[];
  readonly Resource: "*";
  readonly Condition?: unknown;
}

/**
 * Keys of the cluster. The role of the groups is one of the cluster's own (a suffix), because a key policy cannot name
 * the account's shared one before that exists.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */
export function keys(context: Context): Keys {
  const { stack, spec, placement } = context;
  const groupServiceRole = new IamServiceLinkedRole(stack, "group-service-role", {
    awsServiceName: "autoscaling.amazonaws.com",
    customSuffix: spec.name,
    description: `Starts and replaces the machines of cluster ${spec.name}`,
  });
  return {
    store: placement.keys?.store ?? key(context, "store", "objects of the cluster store and logs", [logDelivery(context)]),
    secrets: placement.keys?.secrets ?? key(context, "secrets", "private keys and snapshots in the cluster store", []),
    volumes: placement.keys?.volumes ?? key(context, "volumes", "disks of machines and volumes of seats", groupUse(groupServiceRole.arn)),
    groupServiceRole: groupServiceRole.arn,
  };
}

function key(context: Context, purpose: string, seals: string, statements: readonly Statement[]): string {
  const { stack, spec, placement, partition } = context;
  const owner: Statement = {
    Sid: "AccountDecidesByIam",
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${placement.account}:root` },
    Action: ["kms:*"],
    Resource: "*",
  };
  const made = new KmsKey(stack, `${purpose}-key`, {
    description: `${spec.name}: ${seals}`,
    enableKeyRotation: true,
    deletionWindowInDays: context.protect ? 30 : 7,
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [owner, ...statements] }),
    tags: { Name: names.of(spec, purpose) },
    ...dataLifecycle(context),
  });
  new KmsAlias(stack, `${purpose}-key-alias`, { name: names.keyAlias(spec, purpose), targetKeyId: made.keyId });
  return made.arn;
}

const dataKeyUse = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

function groupUse(role: string): Statement[] {
  const principal = { Effect: "Allow", Principal: { AWS: role }, Resource: "*" } as const;
  return [
    { Sid: "GroupsEncryptDisks", ...principal, Action: dataKeyUse },
    {
      Sid: "GroupsGrantDisksToMachines",
      ...principal,
      Action: ["kms:CreateGrant"],
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

function logDelivery({ placement, partition, spec }: Context): Statement {
  const { region, account } = placement;
  return {
    Sid: "LogsEncrypt",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.${domainOf(region)}` },
    Action: dataKeyUse,
    Resource: "*",
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:${names.path(spec, "*")}` },
    },
  };
}
