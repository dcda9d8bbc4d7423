import "../../../stacks/creation-stack";
import { loadEnvironment } from "../../../stacks/environments";
import { addresses, synthesizeCluster, type Block } from "../../stacks/terraform";

/** What onprem-vsphere becomes, by address. */
export const terraform = synthesizeCluster("onprem-vsphere", loadEnvironment("onprem-vsphere"));
export const all = addresses(terraform);
export const of = (type: string): [string, Block][] => Object.entries(all).filter(([address]) => address.startsWith(`${type}.`));
export const at = (address: string): Block => all[address] ?? {};
export const seats = { etcd: ["etcd-0", "etcd-1", "etcd-2"], master: ["master-0", "master-1", "master-2"] };
export const zones = ["rack-a", "rack-b", "rack-c"];
