import { setTimeout as sleep } from "node:timers/promises";
import { atMost, exactly } from "../../measured/line";
import { timing } from "../../agent/timing";
import type { StoreMode } from "../store/moods";
import { replaceSeat } from "./replaced";
import type { Bench, Outcome, Scenario } from "./scenario";

/** Three times the longest timer that could take an outage for a fault. */
const outageTimers = 3;
const longestTimers = ({ timerFactor }: Bench): number => outageTimers * timing.recoverAfter * timerFactor;

/** @param secondsOf how long it lasts */
export function outage(name: string, about: string, mode: StoreMode, secondsOf: (bench: Bench) => number = longestTimers): Scenario {
  return {
    name,
    about,
    async run(bench: Bench): Promise<Outcome> {
      const { cluster, floor } = bench;
      const seconds = secondsOf(bench);
      const before = cluster.lab.groups.instances().length;
      const { harm } = await cluster.during(async () => {
        await cluster.lab.cloud("store", mode);
        await sleep(seconds * 1000);
        await cluster.lab.cloud("store", { kind: "ok" });
      });
      const replaced = cluster.lab.groups.instances().length - before;
      await cluster.whole(60);
      return {
        rows: [{ scenario: name, what: `store ${about} for ${seconds.toFixed(0)} s: nothing happens`, floor, harm }],
        lines: [
          exactly(`${name}: machines that were replaced because of it`, replaced, "machines", 0),
          exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0),
          exactly(`${name}: writes to etcd that failed`, harm.etcdFailed, "writes", 0),
          exactly(`${name}: writes to the API that failed`, harm.apiFailed, "writes", 0),
        ],
      };
    },
  };
}

/** Everything that a store with an empty bucket lets agents believe; what they wrote of themselves must not come forth a second time. */
const emptied: Scenario = {
  name: "store-emptied",
  about: "somebody deletes every object of the store; what runs, runs on, and no second cluster or authority is born",
  async run(bench: Bench): Promise<Outcome> {
    const { cluster } = bench;
    const { bucket } = cluster.lab;
    const kept = new Map<string, string>();
    for (const key of await bucket.keys()) {
      const body = key.startsWith("artifacts/") || key.endsWith(".db") ? undefined : await bucket.get(key);
      if (body !== undefined) kept.set(key, body);
    }
    const { result, harm } = await cluster.during(async () => {
      for (const key of kept.keys()) await bucket.delete(key);
      await new Promise((resolve) => setTimeout(resolve, longestTimers(bench) * 1000));
      return (await bucket.keys()).filter((key) => key === "epoch" || key.startsWith("pki/"));
    });
    for (const [key, body] of kept) await bucket.put(key, body);
    await cluster.whole(120);
    return {
      rows: [
        {
          scenario: "store-emptied",
          what: "all objects deleted: nothing is born anew",
          harm,
          hands: "a person puts the objects back (coppice rebuild-store)",
        },
      ],
      lines: [
        exactly("store-emptied: epochs and authorities that were born a second time", result.length, "objects", 0),
        exactly("store-emptied: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

/** A store that is away while a machine is replaced: the machine waits, and comes when the store does. */
const late: Scenario = {
  name: "store-away-at-boot",
  about: "a machine of etcd dies while the store answers 503, and comes back when it answers again",
  async run({ cluster, floor, timerFactor }: Bench): Promise<Outcome> {
    const seat = cluster.names("etcd").at(-1) ?? "";
    const { cloud } = cluster.lab;
    const { result, harm } = await cluster.during(async () => {
      await cloud("store", { kind: "error503" });
      const replaced = replaceSeat(cluster, seat, "kept", { kind: "voter", address: cluster.addressOf(seat) });
      await new Promise((resolve) => setTimeout(resolve, (20 + timing.recoverAfter * timerFactor) * 1000));
      await cloud("store", { kind: "ok" });
      return replaced;
    });
    return {
      rows: [{ scenario: "store-away-at-boot", what: `${seat}: machine starts → its member votes`, floor, whole: result.total, harm }],
      lines: [
        // The loader asks again after a minute at most.
        atMost(
          "store-away-at-boot: until the member votes, after the outage",
          result.total,
          "s",
          floor + 20 + timing.recoverAfter * timerFactor + 75,
        ),
        exactly("store-away-at-boot: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

export const storeFaults: readonly Scenario[] = [
  outage("store-unreachable", "does not answer", { kind: "refuse" }),
  outage("store-slow", "answers after 5 s", { kind: "slow", ms: 5_000 }),
  outage("store-503", "answers 503", { kind: "error503" }),
  emptied,
  late,
];
