import { atMost, exactly, reported } from "../../measured/line";
import { kubernetesTimes } from "../../agent/kubernetes/times";
import { timing } from "../../agent/timing";
import { roles, type Role } from "../../constructs/spec/roles";
import { monotonic } from "../machine";
import { atAnyTime, desire, follow, harmless, opened, type Followed } from "./rolling";
import type { Bench, Outcome, Scenario } from "./scenario";

/** Besides the time for which each machine has to be healthy: looks of the agents, the permit, and its restart. */
const besideSeconds = 90;

const rollOut: Scenario = {
  name: "roll-out",
  about: "another configuration of every role is wanted at once: it goes through etcd, then masters, then workers, machine by machine",
  async run(bench: Bench): Promise<Outcome> {
    const { cluster, floor } = bench;
    const { result, harm } = await cluster.during(() => atAnyTime(cluster, () => throughAll(bench)));
    const { followed, begun, wanted } = result;
    const whole = (role: Role): number => {
      const at = followed.records.find(
        (one) => one.role === role && one.rollout.state === "whole" && one.rollout.good === wanted.get(role),
      )?.at;
      return (at ?? Infinity) - begun;
    };
    const first = (role: Role): number => {
      const at = followed.records.find(({ role: of, rollout }) => of === role && (rollout.machine ?? rollout.wave?.[0]) !== undefined)?.at;
      return (at ?? Infinity) - begun;
    };
    const inOrder = whole("etcd") <= first("master") && whole("master") <= first("worker");
    return {
      rows: roles.map((role) => ({ scenario: "roll-out", what: `wanted → every ${role} runs it`, floor, whole: whole(role), harm })),
      lines: [
        exactly("roll-out: etcd, masters, workers, each when the one before was through", inOrder ? 1 : 0, "orders", 1),
        atMost("roll-out: machines of the control plane down at once", followed.downAtOnce, "machines", 1),
        atMost("roll-out: workers in one wave", most(followed), "machines", 1),
        exactly("roll-out: machines that were replaced", result.replaced, "machines", 0),
        exactly("roll-out: acknowledged writes lost", harm.lost, "writes", 0),
        ...roles.map((role) => reported(`roll-out: until every ${role} runs it`, whole(role), "s")),
      ],
    };
  },
};

interface Through {
  readonly followed: Followed;
  readonly begun: number;
  readonly wanted: ReadonlyMap<Role, string>;
  readonly replaced: number;
}

async function throughAll(bench: Bench): Promise<Through> {
  const { cluster } = bench;
  const before = cluster.lab.groups.instances().length;
  const begun = monotonic();
  const wanted = new Map<Role, string>();
  for (const role of roles) wanted.set(role, await desire(cluster, role, harmless));
  const followed = await follow(
    cluster,
    roles,
    (records) => roles.every((role) => isWhole(records.get(role), wanted.get(role))),
    secondsFor(bench),
  );
  await cluster.whole(60);
  await opened(cluster);
  return { followed, begun, wanted, replaced: cluster.lab.groups.instances().length - before };
}

const isWhole = (record: { state: string; good: string } | undefined, wanted: string | undefined): boolean =>
  record?.state === "whole" && record.good === wanted;

/** One machine after the other, each as long as it may take. */
function secondsFor({ cluster, timerFactor }: Bench): number {
  const seats = cluster.names("etcd").length + cluster.names("master").length;
  const workers = cluster.workers().length * kubernetesTimes(timerFactor).drain;
  return (seats + cluster.workers().length) * (timing.healthy * timerFactor + besideSeconds) + workers;
}

const most = ({ records }: Followed): number => Math.max(0, ...records.map(({ rollout }) => rollout.wave?.length ?? 0));

export const rollOuts: readonly Scenario[] = [rollOut];
