import type { NodePlatform } from "../../node/platform";
import type { ClusterSpec, MachineSize } from "../../spec/cluster-spec";
import { names } from "../../spec/names";
import type { Architecture, OperatingSystem } from "../../spec/versions";
import type { PlatformFacts, RepairFact } from "../platform";
import { check } from "./check";
import { fitting } from "./machine-types";
import { domainOf } from "./partition";

/** Flatcar stable, https://www.flatcar.org/releases; images older than about a year are deleted, so it moves with every release. */
const flatcarVersion = "4593.2.5";

/** Owner and form of the name: https://www.flatcar.org/docs/latest/installing/cloud/aws-ec2/, in the partition `aws` only. */
const flatcar = {
  os: "flatcar",
  owner: "075585003325",
  names: { amd64: `Flatcar-stable-${flatcarVersion}-hvm`, arm64: `Flatcar-stable-${flatcarVersion}-arm64-hvm` },
} as const;

export interface MachineImage {
  readonly os: OperatingSystem;
  /** Exact; the form of Flatcar's names fits both architectures, so a look-up filters by architecture too. */
  readonly name: string;
  /** The account that published it. */
  readonly owner: string;
}

/**
 * What the machines of an architecture boot.
 * @throws Error when the environment brings images of its own and none for this architecture
 */
export function imageOf(spec: ClusterSpec, architecture: Architecture): MachineImage {
  const image = spec.placement.image ?? flatcar;
  const name = image.names[architecture];
  if (name === undefined) throw new Error(`placement.image names no image for ${architecture}; readEnvironment() would have said so`);
  return { os: image.os, name, owner: image.owner };
}

function machineType(size: MachineSize, architecture: Architecture): string {
  if (typeof size === "string") return size;
  const fits = fitting(size, architecture);
  // readEnvironment() has refused it.
  if (!fits) throw new Error(`no machine type has ${size.cpus} vCPUs and ${size.memoryGiB} GiB on ${architecture}`);
  return fits.name;
}

function node(spec: ClusterSpec): NodePlatform {
  const { region, image = flatcar, keys } = spec.placement;
  const store = `s3.${region}.${domainOf(region)}`;
  return {
    platform: "aws",
    os: image.os,
    store: {
      kind: "s3",
      bucket: names.store(spec),
      region,
      endpoint: `https://${store}`,
      secretsKey: keys?.secrets ?? names.keyAlias(spec, "secrets"),
    },
    bypass: [metadata, timeService, ...(hasPrivateEndpoints(spec) ? [`.${region}.${domainOf(region)}`] : [store, `.${store}`])],
    timeServers: [timeService],
    cloudProvider: "external",
    // The machine's group brings the next one.
    giveUp: "poweroff",
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const metadata = "169.254.169.254";
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-ec2-ntp.html */
const timeService = "169.254.169.123";

/** S3 is always reached inside the network; the other APIs where the network has endpoints for them, and else through the proxy. */
function hasPrivateEndpoints({ placement }: ClusterSpec): boolean {
  const { network } = placement;
  if (network !== undefined && "vpc" in network) return network.endpoints !== undefined;
  return network?.endpoints ?? true;
}

const repair: readonly RepairFact[] = [
  { fault: "a process ends", owner: "systemd", how: "starts it again" },
  { fault: "a machine hangs", owner: "its watchdog", how: "reboots it" },
  {
    fault: "a machine of the control plane stops, is terminated, or loses its host",
    owner: "the Auto Scaling group of its seat",
    how: "starts the next one in the same zone, with the address and the volume of the seat",
  },
  {
    fault: "a worker stops, is terminated, or loses its host",
    owner: "the Auto Scaling group of its pool",
    how: "starts the next one in any zone of the cluster",
  },
  {
    fault: "a volume of an etcd seat is lost",
    owner: "the reconcile run, then the agent",
    how: "the run makes a blank volume; the agent, in a later release, brings the member back onto it",
  },
  {
    fault: "an etcd member is broken on a machine that works",
    owner: "the agent, in a later release",
    how: "replaces the member; until then a person does",
  },
  {
    fault: "a zone is lost",
    owner: "nobody",
    how: "no zone holds a majority of the seats, so etcd and the API go on; its machines come back with it",
  },
];

export const awsFacts: PlatformFacts = { check, machineType, node, repair };
