import { refusals, type Allowed } from "../../../cli/reconcile/judge";
import type { ResourceChange } from "../../../terraform/plan";

const machine = "vsphere_virtual_machine.etcd-0";
const volume = "vsphere_virtual_disk.etcd-0-volume";
const rule = "vsphere_compute_cluster_vm_anti_affinity_rule.etcd-apart";
const attachment = "google_compute_per_instance_config.etcd-0-seat";
const root = { label: "root", unit_number: 0 };
const attached = { label: "etcd", unit_number: 1, attach: true };
const allowed: Allowed = { machine: { address: machine, mayGo: true }, volume, attachment, lists: [rule] };

function change(address: string, actions: string, values: Partial<ResourceChange["change"]> & { deposed?: string } = {}): ResourceChange {
  const { deposed, ...more } = values;
  const type = address.split(".")[0] ?? "";
  const sides = { before: {}, after: {}, after_unknown: {}, ...more };
  return { address, mode: "managed", type, ...(deposed !== undefined && { deposed }), change: { actions: actions.split("+"), ...sides } };
}

const judge = (changes: readonly ResourceChange[], of: Allowed = allowed) =>
  refusals({ resource_changes: changes }, of).map(({ address, value, rule: broken }) => `${address} ${value}: ${broken}`);

it.each<[string, ResourceChange]>([
  ["nothing", change("vsphere_folder.folder", "no-op")],
  ["something looked up", { ...change("data.vsphere_network.segment", "read"), mode: "data" }],
  ["the machine made", change(machine, "create")],
  ["the machine made anew", change(machine, "delete+create", { before: { disk: [root, attached] } })],
  ["a blank volume", change(volume, "create")],
  ["a list of machines", change(rule, "update", { before: { virtual_machine_ids: ["a"] }, after: { virtual_machine_ids: ["b"] } })],
  ["a list that has gone", change(rule, "create")],
  ["another disk for the seat's machines", change(attachment, "update", { before: { preserved_state: 1 }, after: { preserved_state: 2 } })],
])("lets pass %s", (_, one) => {
  expect(judge([one])).toEqual([]);
});

const only = "only what is asked for is changed";
it.each<[string, ResourceChange, string]>([
  ["a volume destroyed", change(volume, "delete"), `${volume} delete: a data disk is never destroyed`],
  ["a volume made anew", change(volume, "delete+create"), `${volume} delete+create: a data disk is never destroyed`],
  [
    "another seat's volume",
    change("aws_ebs_volume.etcd-1-volume", "delete"),
    "aws_ebs_volume.etcd-1-volume delete: a data disk is never destroyed",
  ],
  ["another blank volume", change("aws_ebs_volume.etcd-1-volume", "create"), `aws_ebs_volume.etcd-1-volume create: ${only}`],
  ["another machine", change("vsphere_virtual_machine.etcd-1", "create"), `vsphere_virtual_machine.etcd-1 create: ${only}`],
  ["a volume that grows", change(volume, "update"), `${volume} update: ${only}`],
  ["a machine changed in place", change(machine, "update"), `${machine} update: this machine is made, and not changed`],
  ["a machine that only goes", change(machine, "delete"), `${machine} delete: this machine is made, and not changed`],
  ["the folder", change("vsphere_folder.folder", "update"), `vsphere_folder.folder update: ${only}`],
  [
    "what an earlier run left",
    change(machine, "delete", { deposed: "1" }),
    `${machine} delete: nothing that an earlier run left is touched`,
  ],
  [
    "a machine with a data disk of its own",
    change(machine, "delete+create", { before: { disk: [root, { label: "logs", unit_number: 2 }] } }),
    `${machine} disk logs: a machine goes without its data disks`,
  ],
  [
    "more of a rule than its list",
    change(rule, "update", { before: { mandatory: false }, after: { mandatory: true } }),
    `${rule} update of mandatory: only its virtual_machine_ids changes`,
  ],
  [
    "something of a rule that is not known yet",
    change(rule, "update", { after_unknown: { name: true } }),
    `${rule} update of name: only its virtual_machine_ids changes`,
  ],
])("refuses %s", (_, one, said) => {
  expect(judge([one])).toEqual([said]);
});

it("takes no machine down that was only to be made, and names all that is wrong", () => {
  const plan = [change(machine, "delete+create"), change(volume, "delete"), change("vsphere_tag.a", "delete")];
  expect(judge(plan, { machine: { address: machine, mayGo: false }, volume })).toEqual([
    `${machine} delete+create: this machine is made, and not changed`,
    `${volume} delete: a data disk is never destroyed`,
    `vsphere_tag.a delete: ${only}`,
  ]);
});
