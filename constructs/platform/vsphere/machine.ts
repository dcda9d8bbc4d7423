import { DataVsphereContentLibrary } from "@cdktf/provider-vsphere/lib/data-vsphere-content-library";
import { DataVsphereContentLibraryItem } from "@cdktf/provider-vsphere/lib/data-vsphere-content-library-item";
import { DataVsphereVirtualMachine } from "@cdktf/provider-vsphere/lib/data-vsphere-virtual-machine";
import { VirtualMachine, type VirtualMachineDisk } from "@cdktf/provider-vsphere/lib/virtual-machine";
import type { MachineSize } from "../../spec/cluster-spec";
import type { Architecture } from "../../spec/versions";
import type { Context } from "./context";
import { given } from "./facts";
import { guestinfo, type Guest, type StoreSecrets } from "./guestinfo";
import { guestIds, secureBoot } from "./images";
import type { Place, Sites } from "./sites";
import type { Tags } from "./tags";

/** What machines of every tier are made with. */
export interface Inventory {
  readonly sites: Sites;
  readonly tags: Tags;
  readonly templates: Templates;
  readonly secrets: StoreSecrets;
}

/** The template of an architecture, and what a machine of it must say of itself. */
export type Templates = (architecture: Architecture) => { readonly uuid: string; readonly guestId: string };

export function templatesOf({ stack, placement, node }: Context, datacenterId: string): Templates {
  const { names, library } = placement.image;
  const shelf = library === undefined ? undefined : new DataVsphereContentLibrary(stack, "library", { name: library });
  const made = Object.entries(names).flatMap(([architecture, name]) => {
    if (name === undefined) return [];
    const id = `template-${architecture}`;
    if (shelf) {
      const { id: uuid } = new DataVsphereContentLibraryItem(stack, id, { libraryId: shelf.id, name, type: "ovf" });
      return [[architecture, { uuid, guestId: guestIds[node.os] }] as const];
    }
    const { fqn } = new DataVsphereVirtualMachine(stack, id, { datacenterId, name });
    return [[architecture, { uuid: `\${${fqn}.id}`, guestId: `\${${fqn}.guest_id}` }] as const];
  });
  const all = new Map<string, ReturnType<Templates>>(made);
  return (architecture) => {
    const found = all.get(architecture);
    if (!found) throw new Error(`placement.image names no template for ${architecture}; readEnvironment() would have said so`);
    return found;
  };
}

/** A machine, and where it stands. */
export interface Placed {
  readonly machine: VirtualMachine;
  readonly zone: string;
  readonly place: Place;
}

export interface MachineProps {
  /** Construct id, which is also the address in Terraform. */
  readonly id: string;
  readonly guest: Guest;
  readonly size: MachineSize;
  readonly architecture: Architecture;
  readonly diskGiB: number;
  /** The seat or `workers-general`, by which it is tagged. */
  readonly member: string;
  /** The seat's volume. */
  readonly volume?: VirtualMachineDisk;
  /** Whether Storage DRS may choose where its root disk is, and move it. */
  readonly moves: boolean;
}

/**
 * A machine, cloned from the template with a disk of its own. It is no group's: HA starts it again where a host is lost,
 * and the reconcile run makes it anew.
 */
export function placed(context: Context, { sites, tags, templates, secrets }: Inventory, props: MachineProps): Placed {
  const { stack, node, placement, spec } = context;
  const { cpus, memoryGiB } = given(props.size);
  const place = sites.at(props.guest.zone, props.architecture);
  const template = templates(props.architecture);
  const machine = new VirtualMachine(stack, props.id, {
    name: props.guest.name,
    annotation: `${props.member} of cluster ${spec.name}`,
    folder: sites.folder,
    resourcePoolId: place.pool,
    ...(props.moves && place.datastoreCluster !== undefined
      ? { datastoreClusterId: place.datastoreCluster }
      : { datastoreId: place.datastore }),
    numCpus: cpus,
    memory: memoryGiB * 1024,
    // A member that waits for its memory is a slow disk to the others. The provider asks for the lock only where the
    // reservation is the whole memory: getMemoryReservationLockedToMax() of its source, 2.15.
    ...(props.volume && { memoryReservation: memoryGiB * 1024, memoryReservationLockedToMax: true }),
    guestId: template.guestId,
    firmware: "efi",
    efiSecureBootEnabled: secureBoot[node.os],
    ...(placement.vtpm && { vtpm: { version: "2.0" } }),
    // Disks are told apart by their own numbers inside of the machine; the volume driver needs it too.
    enableDiskUuid: true,
    scsiType: "pvscsi",
    ...(sites.storagePolicy !== undefined && { storagePolicyId: sites.storagePolicy }),
    networkInterface: [{ networkId: sites.network, adapterType: "vmxnet3" }],
    disk: [{ label: "root", size: props.diskGiB, unitNumber: 0, thinProvisioned: true }, ...(props.volume ? [props.volume] : [])],
    clone: { templateUuid: template.uuid },
    extraConfig: guestinfo(context, secrets, props.guest),
    tags: [...tags.of(props.member)],
    // Time comes from the servers of the segment alone.
    syncTimeWithHost: false,
    // Apply makes machines; they come up by themselves, and `npx coppice wait` waits for them.
    waitForGuestNetTimeout: 0,
    waitForGuestIpTimeout: 0,
    // An apply never takes a machine down: a new image, size or user-data wait until the machine is made anew, one a run.
    lifecycle: { ignoreChanges: ["clone", "extra_config", "num_cpus", "memory", "memory_reservation", "guest_id", "disk[0].size"] },
  });
  return { machine, zone: props.guest.zone, place };
}
