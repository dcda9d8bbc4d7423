import { blocksOf, type Block, type Synthesized } from "../../terraform/synthesized";
import { hostOf } from "../../constructs/spec/cidr";
import { port } from "../../constructs/spec/ports";
import { vspherePlacement } from "../../constructs/spec/placement-vsphere";
import { seatTag } from "../../constructs/spec/tag-names";
import { sharedAddress } from "../../constructs/platform/vsphere/node";
import { guestMachine } from "../../agent/cloud/guestinfo";
import { identityOf, named, referenced, type PlannedGroup, type PlannedVolume, type Reader } from "../synthesized";
import { valueOf } from "./variables";

/**
 * Machines of vSphere. No group keeps them: one that is gone is made anew under its name, as the reconcile run does it.
 */
export const reader: Reader = {
  machines(stack, { cluster }) {
    const placement = vspherePlacement.parse(cluster.placement);
    const { cidr, workers } = placement.network;
    const groups: PlannedGroup[] = [];
    for (const block of blocksOf(stack, "resource", "vsphere_virtual_machine")) {
      const member = machineOf(stack, block, cidr);
      // What DHCP hands out: every new machine has a new network card, and so another address.
      const place = groups.filter(({ kind }) => kind === "pool").length;
      groups.push(groupOf(member, place, (n) => hostOf(workers, firstLease + place + leases * n)));
    }
    return {
      nodes: cidr,
      groups,
      volumes: volumesOf(stack, groups),
      api: { address: sharedAddress({ placement }), port: port.api },
    };
  },
  objects: { type: "aws_s3_object", key: "key" },
};

const firstLease = 10;
/** More than there are workers in the lab. */
const leases = 10;

type Member = ReturnType<typeof machineOf>;

function machineOf(stack: Synthesized, block: Block, subnet: string) {
  const values = Object.fromEntries(
    Object.entries(block.extra_config as Record<string, string>).map(([key, value]) => [key, valueOf(value)] as const),
  );
  const text = values["guestinfo.ignition.config.data"] ?? values["guestinfo.userdata"] ?? "";
  const userData = Buffer.from(text, "base64").toString("utf8");
  const { name: hostname, zone, address } = guestMachine.parse(JSON.parse(values["guestinfo.coppice.machine"] ?? "null"));
  const tags = (block.tags as string[]).map((tag) => String(named(stack, "vsphere_tag", referenced(tag)).name).split("="));
  return { hostname, zone, address, userData, values, subnet, tags: Object.fromEntries(tags) as Record<string, string> };
}

function groupOf({ tags, address, ...own }: Member, place: number, lease: (n: number) => string): PlannedGroup {
  const { role, name: pool } = identityOf(own.userData);
  const seat = tags[seatTag];
  const name = seat ?? `${pool}-${place}`;
  const one: PlannedGroup = {
    name,
    kind: seat === undefined ? "pool" : "seat",
    size: 1,
    tags,
    machine: (n) => ({ name, group: one, role, address: address ?? lease(n), ...own }),
  };
  return one;
}

function volumesOf(stack: Synthesized, groups: readonly PlannedGroup[]): PlannedVolume[] {
  return blocksOf(stack, "resource", "vsphere_virtual_disk").map(({ vmdk_path, size }) => {
    const group = groups.find((one) => String(vmdk_path).endsWith(`/${one.machine(0).hostname}.vmdk`));
    if (!group) throw new Error(`${String(vmdk_path)} is of no seat`);
    return { seat: group.name, zone: group.machine(0).zone, sizeGiB: size as number, tags: {} };
  });
}
