import { AutoscalingGroup, type AutoscalingGroupConfig } from "@cdktf/provider-aws/lib/autoscaling-group";
import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { LaunchTemplate, type LaunchTemplateNetworkInterfaces } from "@cdktf/provider-aws/lib/launch-template";
import { userData } from "../../node/user-data";
import type { Role } from "../../spec/roles";
import { names, tags } from "../../spec/names";
import type { Architecture } from "../../spec/versions";
import { base64 } from "../terraform-text";
import type { Context } from "./context";
import { imageOf } from "./images";
import type { Keys } from "./keys";

/** What every machine of a seat or a pool is like. */
export interface Machine {
  readonly role: Role;
  /** The seat, `etcd-0`, or the pool, `general`: who the machine is. */
  readonly member: string;
  /** The group, `etcd-0` or `workers-general`. */
  readonly group: string;
  readonly type: string;
  readonly architecture: Architecture;
  readonly diskGiB: number;
  readonly profile: string;
  readonly networkInterface: LaunchTemplateNetworkInterfaces;
  readonly tags: Readonly<Record<string, string>>;
}

/** Device name of the root disk, as the images of each system have it. */
const rootDevice = { flatcar: "/dev/xvda", debian: "/dev/xvda", ubuntu: "/dev/sda1" } as const;

/** What a group starts its machines from. A changed template starts no machine anew: the pipeline rolls them. */
export function launchTemplate(context: Context, keys: Keys, machine: Machine): LaunchTemplate {
  const { stack, spec, node } = context;
  const Name = names.of(spec, machine.group);
  const machineTags = { ...tags(spec), ...machine.tags, Name };
  return new LaunchTemplate(stack, `${machine.group}-template`, {
    name: Name,
    imageId: image(context, machine.architecture),
    instanceType: machine.type,
    iamInstanceProfile: { name: machine.profile },
    userData: base64(userData(spec, { role: machine.role, name: machine.member }, node)),
    networkInterfaces: [machine.networkInterface],
    // A machine asks for its replacement by powering itself off.
    instanceInitiatedShutdownBehavior: "terminate",
    // One hop: of a pod, only one with the host's network reaches the credentials of its machine. No tags: EC2 refuses
    // to start a machine that shows them when a key has a slash, as Kubernetes' own have.
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "disabled" },
    maintenanceOptions: { autoRecovery: "default" },
    ebsOptimized: "true",
    blockDeviceMappings: [
      {
        deviceName: rootDevice[node.os],
        ebs: { volumeType: "gp3", volumeSize: machine.diskGiB, encrypted: "true", kmsKeyId: keys.volumes, deleteOnTermination: "true" },
      },
    ],
    tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags: machineTags })),
    tags: { Name },
  });
}

/** The image of an architecture, looked up by its exact name and owner. One lookup a stack. */
function image({ stack, spec }: Context, architecture: Architecture): string {
  const id = `image-${architecture}`;
  const known = stack.node.tryFindChild(id) as DataAwsAmi | undefined;
  if (known) return known.id;
  const wanted = imageOf(spec, architecture);
  const machine = { amd64: "x86_64", arm64: "arm64" }[architecture];
  return new DataAwsAmi(stack, id, {
    owners: [wanted.owner],
    filter: [
      { name: "name", values: [wanted.name] },
      { name: "architecture", values: [machine] },
    ],
  }).id;
}

/** The group that replaces the machine of one seat: same zone, same interface, the old one gone before the new one comes. */
export function seatGroup(
  context: Context,
  keys: Keys,
  machine: Machine,
  zone: string,
  more: Pick<AutoscalingGroupConfig, "targetGroupArns" | "dependsOn"> = {},
): AutoscalingGroup {
  const { spec } = context;
  return new AutoscalingGroup(context.stack, machine.group, {
    ...groupBasics(context, keys, machine),
    minSize: 1,
    maxSize: 1,
    desiredCapacity: 1,
    // Not the subnet: the interface in the template brings its own, and a group takes one of the two.
    availabilityZones: [zone],
    launchTemplate: templateReference(launchTemplate(context, keys, machine)),
    // An interface and a volume attach to one machine at a time: terminate, then launch.
    instanceMaintenancePolicy: { minHealthyPercentage: 0, maxHealthyPercentage: 100 },
    tag: groupTags({ ...tags(spec), ...machine.tags, Name: names.of(spec, machine.group) }),
    ...more,
  });
}

/** What groups of seats and of pools have in common. */
export function groupBasics({ spec }: Context, keys: Keys, machine: Machine) {
  return {
    name: names.of(spec, machine.group),
    // A load balancer routes; it never kills.
    healthCheckType: "EC2",
    healthCheckGracePeriod: 300,
    // Moving machines between zones for balance would take down healthy ones.
    suspendedProcesses: ["AZRebalance"],
    serviceLinkedRoleArn: keys.groupServiceRole,
    enabledMetrics: ["GroupInServiceInstances", "GroupDesiredCapacity"],
    // Apply makes groups; machines come by themselves, and `npx coppice wait` waits for them.
    waitForCapacityTimeout: "0",
  };
}

export function templateReference(template: LaunchTemplate): { id: string; version: string } {
  // A number, never $Latest: a machine that is replaced boots what stood here at the last apply.
  return { id: template.id, version: `\${${template.fqn}.latest_version}` };
}

export function groupTags(values: Readonly<Record<string, string>>) {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value, propagateAtLaunch: true }));
}
