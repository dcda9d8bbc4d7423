import { timing } from "../../agent/timing";
import { atMost, exactly, reported } from "../../measured/line";
import { monotonic } from "../machine";
import type { Bench, Outcome, Scenario } from "./scenario";
import { killAll, killTogether, startTogether } from "./together";

/** Beside T_q and the floor, for a cluster that lost its majority. */
const recoverSeconds = 30;

interface Loss {
  readonly name: string;
  readonly about: string;
  readonly seats: number;
  readonly disks: "kept" | "lost";
  /** Whether the design promises that nothing acknowledged is lost. */
  readonly keeps: boolean;
}

const losses: readonly Loss[] = [
  {
    name: "two-machines",
    about: "two of three machines of etcd die; the next ones come with their disks",
    seats: 2,
    disks: "kept",
    keeps: true,
  },
  { name: "two-disks", about: "two of three machines of etcd die and their disks are lost", seats: 2, disks: "lost", keeps: false },
  {
    name: "three-disks",
    about: "all machines of etcd die and all disks are lost: only a snapshot is left",
    seats: 3,
    disks: "lost",
    keeps: false,
  },
];

async function lose({ cluster, floor, timerFactor }: Bench, { name, seats: count, disks, keeps }: Loss): Promise<Outcome> {
  const seats = cluster.names("etcd").slice(0, count);
  const { result, harm } = await cluster.during(async () => {
    const dead = await killTogether(cluster, seats, disks === "lost" ? seats : []);
    const started = await startTogether(cluster, seats);
    const voters = cluster.addresses("etcd").map((address) => ({ kind: "voter", address }) as const);
    const whole = await cluster.seen(voters, 600);
    return { detect: started - dead, whole: whole - started };
  });
  const all = await cluster.whole(240);
  const quiet = disks === "lost" ? timing.recoverAfter * timerFactor : 0;
  const bound = quiet + floor + recoverSeconds;
  return {
    rows: [{ scenario: name, what: "machines start → all members vote", floor, detect: result.detect, whole: result.whole, harm }],
    lines: [
      atMost(
        `${name}: start of the machines until all members vote, ${quiet === 0 ? "" : "T_q + "}B + ${recoverSeconds} s`,
        result.whole,
        "s",
        bound,
      ),
      reported(`${name}: until every API server and node is whole too`, all - (monotonic() - result.whole), "s"),
      ...(keeps
        ? [exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0)]
        : [reported(`${name}: acknowledged writes lost, of ten a second since the last snapshot`, harm.lost, "writes")]),
    ],
  };
}

const blackout: Scenario = {
  name: "blackout",
  about: "every machine is off at once, and later on again",
  async run({ cluster, floor }: Bench): Promise<Outcome> {
    const names = await killAll(cluster);
    const since = Date.now() / 1000;
    const started = await startTogether(cluster, names);
    const whole = (await cluster.whole(300, since)) - started;
    return {
      rows: [{ scenario: "blackout", what: "machines start → all of the cluster is whole", floor, whole }],
      lines: [reported("blackout: start of the machines until all of the cluster is whole", whole, "s")],
    };
  },
};

export const disasters: readonly Scenario[] = [
  ...losses.map((loss) => ({ name: loss.name, about: loss.about, run: (bench: Bench) => lose(bench, loss) })),
  blackout,
];
