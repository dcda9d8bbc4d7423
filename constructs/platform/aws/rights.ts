import { names } from "../../spec/names";
import { clusterTag, seatTag } from "../../spec/tag-names";
import { objectsOf, usesSecrets, type Right } from "../../spec/store-access";
import type { Principal } from "./access";
import type { Context } from "./context";
import type { Keys } from "./keys";
import { domainOf } from "./partition";

/** One statement of a policy document. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

const actions: Record<Right, readonly string[]> = {
  read: ["s3:GetObject"],
  create: ["s3:PutObject"],
  write: ["s3:PutObject"],
  remove: ["s3:DeleteObject"],
};

/** Rights to the cluster store: the table of `store-access.ts`, and the keys that seal what it names. */
export function storeStatements({ partition, placement, node }: Context, keys: Keys, { role, seat }: Principal): Statement[] {
  const bucket = `arn:${partition}:s3:::${node.store.bucket}`;
  const statement = (right: Right): Statement[] => {
    const objects = objectsOf(role, right, seat);
    if (objects.length === 0) return [];
    return [
      {
        Sid: `Store${right.charAt(0).toUpperCase()}${right.slice(1)}`,
        Effect: "Allow",
        Action: actions[right],
        Resource: objects.map((object) => `${bucket}/${object}`),
        // Put-if-absent only: what is created so never changes.
        ...(right === "create" ? { Condition: { Null: { "s3:if-none-match": "false" } } } : {}),
      },
    ];
  };
  const parts: Statement = {
    // Parts of an upload carry no condition and are no object yet; their completion falls under StoreCreate.
    Sid: "StoreCreateParts",
    Effect: "Allow",
    Action: actions.create,
    Resource: objectsOf(role, "create", seat).map((object) => `${bucket}/${object}`),
    Condition: { Bool: { "s3:ObjectCreationOperation": "false" } },
  };
  return [
    // Without the right to list, S3 answers 403 instead of 404 for an object that is not there.
    { Sid: "StoreList", Effect: "Allow", Action: ["s3:ListBucket"], Resource: bucket },
    ...(["read", "create", "write", "remove"] as const).flatMap(statement),
    ...(parts.Resource.length > 0 ? [parts] : []),
    {
      Sid: "StoreSeal",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [keys.store, ...(usesSecrets(role) ? [keys.secrets] : [])],
      Condition: { StringEquals: { "kms:ViaService": `s3.${placement.region}.${domainOf(placement.region)}` } },
    },
  ];
}

/** Rights to the cloud itself: a seat's own volume, the groups of the own cluster, and a way in for people. */
export function cloudStatements(context: Context, keys: Keys, principal: Principal): Statement[] {
  return [
    ...(principal.role === "etcd" ? volume(context, keys, principal) : []),
    ...lookAround(principal),
    ...group(context, principal),
    session,
  ];
}

function volume({ partition, placement, spec }: Context, keys: Keys, { seat = "" }: Principal): Statement[] {
  const ec2 = `arn:${partition}:ec2:${placement.region}:${placement.account}`;
  const own = { StringEquals: { [`aws:ResourceTag/${clusterTag}`]: spec.name, [`aws:ResourceTag/${seatTag}`]: seat } };
  return [
    {
      Sid: "OwnVolume",
      Effect: "Allow",
      Action: ["ec2:AttachVolume", "ec2:DetachVolume"],
      Resource: [`${ec2}:volume/*`, `${ec2}:instance/*`],
      Condition: own,
    },
    {
      Sid: "OwnVolumeSeal",
      Effect: "Allow",
      Action: ["kms:CreateGrant"],
      Resource: keys.volumes,
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

function lookAround({ role }: Principal): Statement[] {
  const describe = {
    etcd: ["ec2:DescribeInstances", "ec2:DescribeVolumes"],
    master: ["ec2:DescribeInstances", "autoscaling:DescribeAutoScalingInstances"],
    worker: [],
  }[role];
  // These calls know no resources: they see the whole account or nothing.
  return describe.length === 0 ? [] : [{ Sid: "LookAround", Effect: "Allow", Action: describe, Resource: "*" }];
}

function group({ partition, placement, spec }: Context, { role }: Principal): Statement[] {
  if (role !== "worker") return [];
  const groups = `arn:${partition}:autoscaling:${placement.region}:${placement.account}:autoScalingGroup:*:autoScalingGroupName/${names.of(spec, "workers-*")}`;
  return [
    {
      Sid: "DrainedBeforeTermination",
      Effect: "Allow",
      Action: ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
      Resource: groups,
    },
  ];
}

/** Session Manager: the way in without SSH. These calls know no resources either. */
const session: Statement = {
  Sid: "SessionManager",
  Effect: "Allow",
  Action: [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  Resource: "*",
};
