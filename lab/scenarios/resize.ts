import { epoch as epochSchema } from "../../constructs/spec/store";
import { kubernetesTimes } from "../../agent/kubernetes/times";
import { timing } from "../../agent/timing";
import { roles } from "../../constructs/spec/roles";
import { exactly, reported } from "../../measured/line";
import { monotonic } from "../machine";
import type { Cluster } from "./cluster";
import { atAnyTime, follow, recordOf } from "./rolling";
import type { Bench, Outcome, Row, Scenario } from "./scenario";

/** Besides the time for which each machine has to be healthy: looks of the agents, the permit, and its restart. */
const besideSeconds = 75;

const resize: Scenario = {
  name: "resize",
  about: "etcd gets two more seats, and two more after that, until it has five",
  async run(bench: Bench): Promise<Outcome> {
    const { cluster, floor } = bench;
    const rows: Row[] = [];
    const lost: number[] = [];
    for (const seats of ([3, 5] as const).filter((one) => one > cluster.names("etcd").length)) {
      const before = cluster.names("etcd").length;
      const { result, harm } = await cluster.during(() => grown(bench, seats));
      lost.push(harm.lost);
      rows.push({
        scenario: "resize",
        what: `${before} → ${seats} seats wanted → every role runs it, ${seats} members vote`,
        floor,
        whole: result,
        harm,
      });
    }
    return {
      rows,
      lines: [
        exactly("resize: members of etcd in the end", (await seatsOf(cluster)).length, "members", 5),
        exactly("resize: acknowledged writes lost", Math.max(0, ...lost), "writes", 0),
        ...rows.map(({ what, whole = 0 }) => reported(`resize: ${what}`, whole, "s")),
      ],
    };
  },
};

/** @returns seconds until everything runs what is wanted with so many seats */
async function grown({ cluster, timerFactor }: Bench, seats: 3 | 5): Promise<number> {
  const begun = monotonic();
  const good = new Map(await Promise.all(roles.map(async (role) => [role, (await recordOf(cluster, role))?.good] as const)));
  await cluster.lab.grow(seats);
  // Only now: `grow` has put what the pipeline wants of repairs, too.
  await atAnyTime(cluster, async () => {
    await cluster.look();
    const machines = cluster.lab.groups.machines.length;
    const seconds =
      machines * (timing.healthy * timerFactor + besideSeconds) + cluster.workers().length * kubernetesTimes(timerFactor).drain;
    await follow(
      cluster,
      roles,
      (records) => roles.every((role) => records.get(role)?.state === "whole" && records.get(role)?.good !== good.get(role)),
      seconds,
    );
  });
  await cluster.whole(120);
  return monotonic() - begun;
}

async function seatsOf({ lab }: Cluster): Promise<readonly string[]> {
  return epochSchema.parse(JSON.parse((await lab.bucket.get("epoch")) ?? "")).seats.map(({ name }) => name);
}

export const resizes: readonly Scenario[] = [resize];
