import "../../../stacks/creation-stack";
import { loadEnvironment } from "../../../stacks/environments";
import { addresses, synthesizeCluster, type Block } from "../../stacks/terraform";

/** What prod-aws becomes, by address. */
const terraform = synthesizeCluster("prod-aws", loadEnvironment("prod-aws"));
const all = addresses(terraform);
export const of = (type: string): [string, Block][] => Object.entries(all).filter(([address]) => address.startsWith(`${type}.`));
export const at = (address: string): Block => all[address] ?? {};
export const seats = { etcd: ["etcd-0", "etcd-1", "etcd-2"], master: ["master-0", "master-1", "master-2"] };
export const pools = ["workers-batch", "workers-general", "workers-graviton"];

export interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}
export const statements = (address: string): readonly Statement[] =>
  (JSON.parse(String(at(address)["policy"])) as { Statement: readonly Statement[] }).Statement;
