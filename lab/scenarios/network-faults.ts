import { setTimeout as sleep } from "node:timers/promises";
import { atMost, exactly } from "../../measured/line";
import { timing } from "../../agent/timing";
import { cut, mend } from "../partition";
import type { Bench, Outcome, Scenario } from "./scenario";

const stallSeconds = 5;

function partition(name: string, about: string, ways: "one" | "both"): Scenario {
  return {
    name,
    about,
    async run({ cluster, timerFactor }: Bench): Promise<Outcome> {
      const leader = await cluster.leader();
      const before = cluster.lab.groups.instances().length;
      const others = cluster.names("etcd").filter((seat) => seat !== leader);
      const seconds = 3 * timing.recoverAfter * timerFactor;
      const { harm } = await cluster.during(async () => {
        const [from, to] = [[cluster.addressOf(leader)], others.map((seat) => cluster.addressOf(seat))];
        await cut(cluster.lab.run, from, to);
        if (ways === "both") await cut(cluster.lab.run, to, from);
        await sleep(seconds * 1000);
        await mend(cluster.lab.run);
      });
      await cluster.whole(60);
      return {
        rows: [{ scenario: name, what: `${leader}, which leads, cut off from the other members for ${seconds.toFixed(0)} s`, harm }],
        lines: [
          atMost(`${name}: longest stall of writes`, harm.apiGap, "s", 2 * stallSeconds),
          exactly(`${name}: machines that were replaced because of it`, cluster.lab.groups.instances().length - before, "machines", 0),
          exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0),
        ],
      };
    },
  };
}

export const networkFaults: readonly Scenario[] = [
  partition("partition", "etcd's leader and the other members do not hear each other", "both"),
  partition("one-way", "the other members do not hear etcd's leader, which hears them", "one"),
];
