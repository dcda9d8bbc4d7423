import type { Instance } from "../../../agent/cloud/cloud";
import { judge, type Facts, type Verdict } from "../../../agent/kubernetes/verdict";
import type { KubeletRequest } from "../../../agent/kubernetes/kubelet-request";
import { master, worker } from "./requests";

const now = Date.parse("2026-03-01T12:00:00Z");
const minute = 60_000;
const hour = 60 * minute;
const node = "ip-10-0-1-7.eu-central-1.compute.internal";
const machine = worker("i-1", "10.0.1.7");
const seatNode = "ip-10-0-0-20.eu-central-1.compute.internal";
const seat = master("i-9", "10.0.0.20", "master-0");

const client = (name = node): KubeletRequest => ({ kind: "client", node: name, names: [], addresses: [] });
const serving = (names: string[], addresses: string[]): KubeletRequest => ({ kind: "serving", node, names, addresses });
const byToken = { username: "system:bootstrap:abcdef", groups: ["system:bootstrappers", "system:bootstrappers:coppice:workers"] };
const byMaster = { username: `coppice:bootstrap:${seatNode}`, groups: ["system:bootstrappers:coppice:masters"] };
const byItself = { username: `system:node:${node}`, groups: ["system:nodes", "system:authenticated"] };

const known = (value: Instance | undefined): Facts["instance"] => ({ kind: "known", value });
const facts = (more: Partial<Facts> = {}): Facts => ({
  ...byToken,
  instance: known(machine),
  signed: new Map(),
  pools: ["general"],
  masters: ["master-0"],
  now,
  leaseStaleMs: 5 * minute,
  lifeMs: 24 * hour,
  ...more,
});
/** The name is a node already, last seen so long ago. */
const taken = (agoMs: number, providerId?: string) => ({
  node: { uid: "u-1", aliveAt: now - agoMs, ...(providerId === undefined ? {} : { providerId }) },
});
const signed = (instance: string, inMs: number, name = node) => ({ signed: new Map([[name, { instance, until: now + inMs }]]) });
const outcome = (verdict: Verdict): string =>
  verdict.kind === "sign"
    ? `sign ${verdict.instance.id}${verdict.replaces ? `, delete ${verdict.replaces.uid}` : ""}`
    : verdict.kind === "deny"
      ? `deny ${verdict.reason}`
      : verdict.kind;

test.each<[string, Partial<Facts>, string]>([
  ["a new worker", {}, "sign i-1"],
  ["a machine that the cloud does not know", { instance: known(undefined) }, "deny NoSuchMachine"],
  ["a machine with another name", { instance: known(worker("i-2", "10.0.1.8")) }, "deny NoSuchMachine"],
  ["a cloud that does not answer", { instance: { kind: "unknown", reason: "503" } }, "wait"],
  ["an etcd machine", { instance: known({ ...machine, seat: "etcd-0" }) }, "deny NoNode"],
  ["a machine of a pool that is no more", { pools: ["other"] }, "deny NoNode"],
  ["a machine without pool or seat", { instance: known({ id: "i-1", addresses: [], names: [node], providerId: "" }) }, "deny NoNode"],
  ["nobody in particular", { username: "somebody", groups: ["system:authenticated"] }, "deny NotItsOwn"],
  ["a node that asks for another one", { ...byItself, username: "system:node:other" }, "deny NotItsOwn"],
  ["a token of another group", { ...byToken, groups: ["system:bootstrappers"] }, "deny NotItsOwn"],
  ["a user who only has the group", { ...byToken, username: "eve" }, "deny NotItsOwn"],
  ["a machine that is another node", signed("i-1", hour, "ip-10-0-1-7"), "deny NamedAlready"],
  ["a machine that was another node once", signed("i-1", -hour, "ip-10-0-1-7"), "sign i-1"],

  ["a living node's name", { ...taken(minute), ...signed("i-1", hour) }, "deny NameTaken"],
  ["a dead node's name, its certificate still good", { ...taken(hour), ...signed("i-1", hour) }, "deny NameTaken"],
  ["a dead node's name, its certificate ended", { ...taken(hour), ...signed("i-1", -1) }, "sign i-1, delete u-1"],
  ["a name of a replaced machine that lived a minute ago", { ...taken(minute), ...signed("i-0", hour) }, "wait"],
  ["a name of a replaced machine, a moment too early", { ...taken(5 * minute - 1), ...signed("i-0", hour) }, "wait"],
  ["a name of a replaced machine", { ...taken(5 * minute), ...signed("i-0", hour) }, "sign i-1, delete u-1"],
  ["without a record, another machine's node", taken(hour, "aws:///eu-central-1a/i-0"), "sign i-1, delete u-1"],
  ["without a record, this machine's node", taken(hour, machine.providerId), "deny NameTaken"],
  ["without a record, a node of which no machine is known", taken(hour), "deny NameTaken"],
  ["without a record, a node that was silent for a certificate's life", taken(24 * hour), "sign i-1, delete u-1"],
])("with the token, %s: %s", (_name, more, expected) => {
  expect(outcome(judge(client(), facts(more)))).toBe(expected);
});

test.each<[string, Partial<Facts>, string]>([
  ["a seat", {}, "sign i-9"],
  ["a worker", { ...byToken }, "deny NotItsOwn"],
  ["another master", { ...byMaster, username: "coppice:bootstrap:other" }, "deny NotItsOwn"],
  ["without the masters' group", { ...byMaster, groups: byToken.groups }, "deny NotItsOwn"],
  ["a seat's new machine, at once", { ...taken(1000), ...signed("i-8", hour, seatNode) }, "sign i-9, delete u-1"],
  ["a seat's new machine, without a record", taken(1000, "aws:///eu-central-1a/i-8"), "sign i-9, delete u-1"],
  ["a seat that was off for a year", { ...taken(365 * 24 * hour), ...signed("i-9", -364 * 24 * hour, seatNode) }, "sign i-9"],
  ["a seat that is no more", { masters: [] }, "deny NoNode"],
  ["a worker's machine under a master's credentials", { instance: known(worker("i-1", "10.0.0.20")) }, "deny NotItsOwn"],
])("for a master's name, %s: %s", (_name, more, expected) => {
  expect(outcome(judge(client(seatNode), facts({ ...byMaster, instance: known(seat), ...more })))).toBe(expected);
});

test.each<[string, KubeletRequest, Partial<Facts>, string]>([
  ["its client certificate", client(), signed("i-1", hour), "sign i-1"],
  ["its client certificate, without a record", client(), {}, "sign i-1"],
  ["it when its machine is gone", client(), { instance: known(undefined), ...signed("i-1", hour) }, "deny NoSuchMachine"],
  ["it when another machine has its name", client(), signed("i-0", hour), "deny Replaced"],
  ["a serving certificate when another machine has its name", serving([node], ["10.0.1.7"]), signed("i-0", hour), "deny Replaced"],
  ["a serving certificate of its own", serving([node], ["10.0.1.7"]), {}, "sign i-1"],
  ["one with another address", serving([node], ["10.0.1.7", "10.0.0.20"]), {}, "deny NotItsAddress"],
  ["one with another name", serving([node, "api.example.com"], []), {}, "deny NotItsAddress"],
])("a node renews: %s: %s", (_name, request, more, expected) => {
  expect(outcome(judge(request, facts({ ...byItself, ...more })))).toBe(expected);
});

test("nobody joins with a serving certificate", () => {
  expect(outcome(judge(serving([node], ["10.0.1.7"]), facts()))).toBe("deny NotItsOwn");
});

test.each([
  [node, true],
  ["ip-10-0-1-7", true],
  ["ip-10-0-1-7.example.com", false],
  ["10.0.1.7", false],
  ["ip-10-0-1-70", false],
])("a machine may call itself %s: %s", (name, may) => {
  const verdict = judge(client(name), facts());
  expect(outcome(verdict)).toBe(may ? "sign i-1" : "deny NoSuchMachine");
});
