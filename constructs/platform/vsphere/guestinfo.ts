import type { FixedNetwork, Machine } from "../../node/first-boot";
import { userData } from "../../node/user-data";
import type { Role } from "../../spec/roles";
import type { OperatingSystem } from "../../spec/versions";
import { base64 } from "../terraform-text";
import type { Context } from "./context";
import { variable } from "./variables";

/** The machine that one set of guestinfo is for. */
export interface Guest {
  readonly machine: Pick<Machine, "role" | "name">;
  /** Of the machine itself in the vCenter, and of its node. */
  readonly name: string;
  readonly zone: string;
  readonly network?: FixedNetwork;
}

/** The secrets of the tiers' credentials, as variables of Terraform: `TF_VAR_store_secret_etcd`. */
export type StoreSecrets = Readonly<Record<Role, string>>;

export function storeSecrets({ stack, placement }: Context): StoreSecrets {
  const tiers = { etcd: "etcd", master: "masters", worker: "workers" } as const;
  const secret = (role: Role): string => {
    const accessKey = placement.store.accessKeys[tiers[role]];
    const of = variable(stack, `store_secret_${tiers[role]}`, `secret of ${accessKey}, for the machines`, { sensitive: true });
    return `\${jsonencode({accessKeyId = ${JSON.stringify(accessKey)}, secretAccessKey = ${of.slice(2, -1)}})}`;
  };
  return { etcd: secret("etcd"), master: secret("master"), worker: secret("worker") };
}

/**
 * What a machine reads through VMware's tools. User-data travel in base64, as the system that reads them asks for; the
 * name, the zone and the store's credential stand beside them, so that user-data are the same for all of a pool.
 */
export function guestinfo({ spec, node }: Context, secrets: StoreSecrets, guest: Guest): Record<string, string> {
  const { machine, name, zone, network } = guest;
  const text = userData(spec, { ...machine, ...(network && { network, hostname: name }) }, node);
  return {
    ...userDataKeys[node.os](base64(text), guest),
    "guestinfo.coppice.machine": JSON.stringify({ name, zone, ...(network && { address: network.address.replace(/\/\d+$/, "") }) }),
    "guestinfo.coppice.store": secrets[machine.role],
  };
}

/** https://www.flatcar.org/docs/latest/installing/cloud/vmware/ */
const ignition = (text: string): Record<string, string> => ({
  "guestinfo.ignition.config.data": text,
  "guestinfo.ignition.config.data.encoding": "base64",
});

/** https://docs.cloud-init.io/en/latest/reference/datasources/vmware.html */
const cloudInit = (text: string, { name, network }: Guest): Record<string, string> => ({
  "guestinfo.userdata": text,
  "guestinfo.userdata.encoding": "base64",
  "guestinfo.metadata": base64(
    JSON.stringify({ "instance-id": name, "local-hostname": name, ...(network && { network: netplan(network) }) }),
  ),
  "guestinfo.metadata.encoding": "base64",
});

const userDataKeys: Readonly<Record<OperatingSystem, (text: string, guest: Guest) => Record<string, string>>> = {
  flatcar: ignition,
  ubuntu: cloudInit,
  debian: cloudInit,
};

/** https://docs.cloud-init.io/en/latest/reference/network-config-format-v2.html */
function netplan({ address, gateway, dns }: FixedNetwork) {
  const own = {
    match: { name: "e*" },
    dhcp4: false,
    addresses: [address],
    routes: [{ to: "default", via: gateway }],
    nameservers: { addresses: dns },
  };
  return { version: 2, ethernets: { machine: own } };
}
