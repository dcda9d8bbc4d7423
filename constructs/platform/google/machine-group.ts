import {
  ComputeInstanceGroupManager,
  type ComputeInstanceGroupManagerConfig,
} from "@cdktf/provider-google/lib/compute-instance-group-manager";
import { ComputeInstanceTemplate } from "@cdktf/provider-google/lib/compute-instance-template";
import { userData } from "../../node/user-data";
import { names } from "../../spec/names";
import type { Role } from "../../spec/roles";
import type { Architecture } from "../../spec/versions";
import { terraformText } from "../terraform-text";
import type { Context } from "./context";
import { autohealing } from "./health-checks";
import { imageOf, secureBoot } from "./images";
import type { Keys } from "./keys";
import { labels } from "./labels";
import { diskTypes } from "./machine-types";
import { scopes, scopeUrl } from "./rights";

/** What every machine of a seat, or of a pool in a zone, is like. */
export interface Machine {
  readonly role: Role;
  /** The seat, `etcd-0`, or the pool, `general`: who the machine is. */
  readonly member: string;
  /** The group, `etcd-0` or `workers-general-a`. */
  readonly group: string;
  readonly zone: string;
  /** Of the seat in its tier, or of the zone among the zones. */
  readonly place: number;
  readonly type: string;
  readonly architecture: Architecture;
  readonly diskGiB: number;
  readonly account: string;
  readonly subnet: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spot: boolean;
}

/** What a group starts its machines from. Templates cannot change, so a new one takes the place of the old. */
function instanceTemplate(context: Context, keys: Keys, machine: Machine): ComputeInstanceTemplate {
  const { stack, spec, node, placement } = context;
  return new ComputeInstanceTemplate(stack, `${machine.group}-template`, {
    namePrefix: `${names.of(spec, machine.group)}-`,
    region: placement.region,
    machineType: machine.type,
    labels: labels(spec, machine.labels),
    disk: [
      {
        boot: true,
        // Of the machine, not of the seat: a broken root disk must not come back with the next one.
        autoDelete: true,
        sourceImage: imageOf(spec, machine.architecture),
        diskSizeGb: machine.diskGiB,
        diskType: diskTypes(machine.type).root,
        diskEncryptionKey: { kmsKeySelfLink: keys.volumes },
        labels: labels(spec, machine.labels),
      },
    ],
    // No `access_config`: no public address.
    networkInterface: [{ subnetwork: machine.subnet, nicType: "GVNIC" }],
    serviceAccount: { email: machine.account, scopes: scopes[machine.role].map(scopeUrl) },
    scheduling: machine.spot
      ? {
          provisioningModel: "SPOT",
          preemptible: true,
          automaticRestart: false,
          onHostMaintenance: "TERMINATE",
          instanceTerminationAction: "DELETE",
        }
      : { provisioningModel: "STANDARD", preemptible: false, automaticRestart: true, onHostMaintenance: "MIGRATE" },
    shieldedInstanceConfig: { enableSecureBoot: secureBoot[node.os], enableVtpm: true, enableIntegrityMonitoring: true },
    metadata: {
      "user-data": terraformText(userData(spec, { role: machine.role, name: machine.member }, node)),
      // Nobody logs in by a key of the project or of the machine; people come through the API.
      "block-project-ssh-keys": "true",
      "enable-oslogin": "FALSE",
      "serial-port-enable": "FALSE",
      "disable-legacy-endpoints": "TRUE",
    },
    // The group names the new one before the old one may go.
    lifecycle: { createBeforeDestroy: true },
    dependsOn: keys.before.volumes,
  });
}

/** The group that keeps machines alive in one zone. */
export function instanceGroup(
  context: Context,
  keys: Keys,
  machine: Machine,
  more: Pick<ComputeInstanceGroupManagerConfig, "updatePolicy" | "targetSize" | "lifecycle" | "dependsOn">,
): ComputeInstanceGroupManager {
  const name = names.of(context.spec, machine.group);
  return new ComputeInstanceGroupManager(context.stack, machine.group, {
    name,
    zone: machine.zone,
    baseInstanceName: name,
    // One version by its unique name: a machine that is replaced boots what stood here at the last apply.
    version: [{ instanceTemplate: instanceTemplate(context, keys, machine).selfLinkUnique }],
    autoHealingPolicies: autohealing(context, machine.group, machine.role, machine.place),
    // A repair is no roll-out.
    instanceLifecyclePolicy: { forceUpdateOnRepair: "NO", defaultActionOnFailure: "REPAIR" },
    // Apply makes groups; machines come by themselves, and `npx coppice wait` waits for them.
    waitForInstances: false,
    ...more,
  });
}
