import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import type { WorkerPool } from "../../spec/cluster-spec";
import { names, tags } from "../../spec/names";
import { poolTag } from "../../spec/tag-names";
import { profileOf } from "./access";
import type { Context } from "./context";
import { awsFacts } from "./facts";
import type { Keys } from "./keys";
import { groupBasics, groupTags, launchTemplate, templateReference, type Machine } from "./machine-group";
import type { NetworkIds } from "./network";
import type { SecurityGroups } from "./security-groups";

/** Each pool: one group over all zones, whose size the autoscaler moves between the pool's bounds. */
export function workerTier(context: Context, network: NetworkIds, groups: SecurityGroups, keys: Keys): void {
  const { spec } = context;
  const profile = profileOf(context, keys, { role: "worker", name: "workers" });
  for (const [name, pool] of Object.entries(spec.workers).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const machine: Machine = {
      role: "worker",
      member: name,
      group: names.pool(name),
      type: awsFacts.machineType(pool.size, pool.architecture),
      architecture: pool.architecture,
      diskGiB: pool.diskGiB,
      profile,
      networkInterface: {
        deviceIndex: 0,
        securityGroups: [groups.workers],
        associatePublicIpAddress: "false",
        deleteOnTermination: "true",
      },
      tags: { [poolTag]: name, [`kubernetes.io/cluster/${spec.name}`]: "owned" },
    };
    poolGroup(context, keys, network, machine, pool);
  }
}

function poolGroup(context: Context, keys: Keys, network: NetworkIds, machine: Machine, pool: WorkerPool): void {
  const { stack, spec } = context;
  const { id, version } = templateReference(launchTemplate(context, keys, machine));
  const types = [machine.type, ...pool.alternatives.filter((type) => type !== machine.type)];
  new AutoscalingGroup(stack, machine.group, {
    ...groupBasics(context, keys, machine),
    minSize: pool.min,
    maxSize: pool.max,
    vpcZoneIdentifier: network.zones.map((zone) => zone.workers),
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: id, version },
        override: types.map((instanceType) => ({ instanceType })),
      },
      instancesDistribution: {
        onDemandBaseCapacity: 0,
        onDemandPercentageAboveBaseCapacity: 100 - pool.spotPercent,
        spotAllocationStrategy: "price-capacity-optimized",
      },
    },
    // Spot machines at risk are replaced before they are taken.
    ...(pool.spotPercent > 0 ? { capacityRebalance: true } : {}),
    // The new machine first, then the old one goes.
    instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
    instanceRefresh: {
      strategy: "Rolling",
      preferences: {
        minHealthyPercentage: 90,
        autoRollback: true,
        skipMatching: true,
        checkpointPercentages: [10, 100],
        checkpointDelay: "300",
      },
    },
    initialLifecycleHook: [
      // The agent reads the coming end from the machine's metadata, drains, and lets it go on.
      { name: "drain", lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING", heartbeatTimeout: 300, defaultResult: "CONTINUE" },
    ],
    tag: [
      ...groupTags({ ...tags(spec), ...machine.tags, Name: names.of(spec, machine.group) }),
      ...Object.entries(autoscalerTags(spec.name, pool)).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
    ],
    // The autoscaler moves it.
    lifecycle: { ignoreChanges: ["desired_capacity"] },
  });
}

/**
 * How the cluster autoscaler finds a group, and what a machine of it would be like while there is none.
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
 */
function autoscalerTags(cluster: string, pool: WorkerPool): Record<string, string> {
  const prefix = "k8s.io/cluster-autoscaler";
  return {
    [`${prefix}/enabled`]: "true",
    [`${prefix}/${cluster}`]: "owned",
    ...Object.fromEntries(Object.entries(pool.labels).map(([key, value]) => [`${prefix}/node-template/label/${key}`, value])),
    ...Object.fromEntries(pool.taints.map((taint) => [`${prefix}/node-template/taint/${taint.key}`, `${taint.value}:${taint.effect}`])),
  };
}
