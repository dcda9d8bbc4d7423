import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { clusterTag, poolTag, seatTag } from "../../constructs/spec/tag-names";
import { waiting, type Cloud, type Instance, type Known, type Metadata, type SeatVolume, type Self } from "./cloud";
import { filters, type Ec2 } from "./ec2";
import { elementsAt, textAt, type Element } from "./xml";

/** Device name in the API; on the machine every volume is an NVMe device that udev links by the volume's id. */
const attachAs = "/dev/sdf";
const devicePrefix = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_";

/** AWS as a machine of a cluster sees it. */
export class Aws implements Cloud {
  /** Of two minutes: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
  readonly drainSeconds = 90;
  readonly goes = "by power";
  private known: Self | undefined;

  constructor(
    private readonly cluster: string,
    private readonly metadata: Metadata,
    private readonly ec2: Ec2,
  ) {}

  async self(): Promise<Known<Self>> {
    if (this.known) return { kind: "known", value: this.known };
    const asked = ["instance-id", "placement/availability-zone", "local-ipv4", "local-hostname"];
    const answers = await Promise.all(asked.map((path) => this.metadata(path)));
    const missing = answers.find((answer) => answer.kind === "unknown");
    if (missing) return missing;
    const [instance = "", zone = "", address = "", hostname = ""] = answers.map((answer) =>
      answer.kind === "known" ? answer.value : undefined,
    );
    if ([instance, zone, address, hostname].includes(""))
      return { kind: "unknown", reason: "the metadata service knows this machine in part only" };
    this.known = { instance, zone, address, hostname, providerId: `aws:///${zone}/${instance}` };
    return { kind: "known", value: this.known };
  }

  async seatVolume(seat: string): Promise<SeatVolume> {
    const self = await this.self();
    if (self.kind === "unknown") return waiting(self.reason);
    const tags = { [`tag:${clusterTag}`]: [this.cluster], [`tag:${seatTag}`]: [seat] };
    const described = await this.ec2("DescribeVolumes", filters(tags));
    if (described.kind === "unknown") return waiting(described.reason);
    const volumes = elementsAt(described.value, "volumeSet/item").filter(
      (volume) => !["deleting", "deleted"].includes(textAt(volume, "status")),
    );
    const [volume] = volumes;
    if (!volume) return { kind: "absent", reason: `no volume has the tag ${seatTag}=${seat}` };
    if (volumes.length > 1) return waiting(`${volumes.length} volumes have the tag ${seatTag}=${seat}; take it from all but one`);
    const id = textAt(volume, "volumeId");
    const [attachment] = elementsAt(volume, "attachmentSet/item").filter((one) => textAt(one, "status") !== "detached");
    if (!attachment) {
      const attached = await this.ec2("AttachVolume", { VolumeId: id, InstanceId: self.value.instance, Device: attachAs });
      return waiting(attached.kind === "unknown" ? attached.reason : `${id} is being attached`);
    }
    // Never by force: two machines that write one volume destroy it.
    if (textAt(attachment, "instanceId") !== self.value.instance)
      return waiting(`${id} is still attached to ${textAt(attachment, "instanceId")}`);
    const device = `${devicePrefix}${id.replace("-", "")}`;
    return existsSync(device)
      ? { kind: "attached", device: await realpath(device) }
      : waiting(`${id} is attached, its device is not there yet`);
  }

  async instance(named: string): Promise<Known<Instance | undefined>> {
    const by = named.startsWith("i-") ? { "instance-id": [named] } : { "private-dns-name": [named] };
    const wanted = { ...by, [`tag:${clusterTag}`]: [this.cluster], "instance-state-name": ["running"] };
    const described = await this.ec2("DescribeInstances", filters(wanted));
    if (described.kind === "unknown") return described;
    const found = elementsAt(described.value, "reservationSet/item/instancesSet/item");
    if (found.length > 1) return { kind: "unknown", reason: `${found.length} instances are called ${named}` };
    return { kind: "known", value: found[0] && instanceOf(found[0]) };
  }

  async interruption(): Promise<Known<string | undefined>> {
    const [spot, target] = await Promise.all([this.metadata("spot/instance-action"), this.metadata("autoscaling/target-lifecycle-state")]);
    if (spot.kind === "known" && spot.value !== undefined) return { kind: "known", value: `spot: ${spot.value}` };
    if (target.kind === "known" && target.value === "Terminated") return { kind: "known", value: "its group ends it" };
    return spot.kind === "unknown" ? spot : { kind: "known", value: undefined };
  }
}

function instanceOf(item: Element): Instance {
  const tags = new Map(elementsAt(item, "tagSet/item").map((tag) => [textAt(tag, "key"), textAt(tag, "value")]));
  const [pool, seat] = [tags.get(poolTag), tags.get(seatTag)];
  const id = textAt(item, "instanceId");
  return {
    id,
    ...(pool === undefined ? {} : { pool }),
    ...(seat === undefined ? {} : { seat }),
    addresses: [textAt(item, "privateIpAddress")],
    names: [textAt(item, "privateDnsName")],
    providerId: `aws:///${textAt(item, "placement/availabilityZone")}/${id}`,
  };
}
