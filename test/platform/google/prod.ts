import "../../../stacks/creation-stack";
import { loadEnvironment } from "../../../stacks/environments";
import { addresses, synthesizeCluster, type Block } from "../../stacks/terraform";

/** What prod-google becomes, by address. */
const terraform = synthesizeCluster("prod-google", loadEnvironment("prod-google"));
export const all = addresses(terraform);
export const output = terraform.output ?? {};
export const of = (type: string): [string, Block][] => Object.entries(all).filter(([address]) => address.startsWith(`${type}.`));
export const at = (address: string): Block => all[address] ?? {};
export const seats = { etcd: ["etcd-0", "etcd-1", "etcd-2"], master: ["master-0", "master-1", "master-2"] };
export const zones = ["europe-west4-a", "europe-west4-b", "europe-west4-c"];
/** Groups of each pool, a zone each. */
export const pools = ["workers-batch", "workers-general", "workers-graviton"].map(
  (pool) => [pool, ["a", "b", "c"].map((letter) => `${pool}-${letter}`)] as const,
);
