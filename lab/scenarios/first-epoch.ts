import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { timing } from "../../agent/timing";
import { atMost, exactly } from "../../measured/line";
import { opened } from "../disk";
import { monotonic, type Machine } from "../machine";
import type { Cluster, Harm } from "./cluster";
import { followed, removed, replaceAfter } from "./replaced";
import type { Bench, Outcome, Scenario } from "./scenario";
import { killAll, startTogether } from "./together";

/** Beside the floor, for a member that begins with nothing; and of a cluster that begins, beside three times the floor. */
const emptySeconds = 9;
const coldSeconds = 25;
const patienceSeconds = 300;

/**
 * A cluster that never was: all machines die, all volumes are blank, and the store holds what Terraform has put there and
 * programs, which have no memory. Nothing starts yet. @returns the names of all groups
 */
async function anew(cluster: Cluster): Promise<readonly string[]> {
  const { bucket, plan, volumes } = cluster.lab;
  const groups = await killAll(cluster);
  cluster.names("etcd").forEach((seat) => volumes.lose(seat));
  for (const key of await bucket.keys()) if (!key.startsWith("artifacts/")) await bucket.delete(key);
  for (const [key, body] of Object.entries(plan.objects)) await bucket.put(key, body);
  return groups;
}

const late: Scenario = {
  name: "late-seat",
  about: "a cluster begins while the zone of its last seat has no capacity; the machine of that seat comes later",
  async run({ cluster, floor, timerFactor }: Bench): Promise<Outcome> {
    const { groups } = cluster.lab;
    const seat = cluster.names("etcd").at(-1) ?? "";
    const names = await anew(cluster);
    const started = await startTogether(
      cluster,
      names.filter((name) => name !== seat),
    );
    await cluster.trust(patienceSeconds);
    const votes = { kind: "voter", address: cluster.addressOf(seat) } as const;
    const others = cluster.wholeConditions(0).filter((one) => !(one.kind === "voter" && one.address === votes.address));
    const [first = 0] = await Promise.all([
      cluster.seen(
        others.filter(({ kind }) => kind === "voter"),
        patienceSeconds,
      ),
      cluster.seen(others, patienceSeconds),
    ]);
    const { result, harm } = await cluster.during(async () => {
      await groups.resume(seat);
      const machine = groups.machine(seat);
      return followed(cluster, machine, machine.startedAt, votes);
    });
    await cluster.whole(120);
    const quiet = timing.recoverAfter * timerFactor;
    const { boot, join: joined, total } = result;
    return {
      rows: [
        { scenario: "late-seat", what: "first machine starts → the others vote", floor, whole: first - started },
        {
          scenario: "late-seat",
          what: `${seat}: its machine starts at last → its member votes`,
          floor,
          boot,
          join: joined,
          whole: total,
          harm,
        },
      ],
      lines: [
        atMost(
          `late-seat: until the members that are there vote, T_q + 3 B + ${coldSeconds} s`,
          first - started,
          "s",
          quiet + 3 * floor + coldSeconds,
        ),
        atMost(`late-seat: start of the late machine until its member votes, B + ${emptySeconds} s`, total, "s", floor + emptySeconds),
        exactly("late-seat: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

/** A unit of etcd that systemd starts for ever: what dies meanwhile dies before it has data. */
function neverStarting(root: string): void {
  const file = join(root, "etc/systemd/system/etcd.service.d/99-lab.conf");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "[Service]\nTimeoutStartSec=infinity\nExecStartPre=/bin/sleep infinity\n");
}

const epochSchema = z.object({ number: z.int(), joined: z.array(z.object({ seat: z.string(), disk: z.string() })) });

const epochNumber = async ({ lab }: Cluster): Promise<number> =>
  epochSchema.parse(JSON.parse((await lab.bucket.get("epoch")) ?? "{}")).number;

/** @param not the disk with which the seat has joined before */
async function joinedDisk(cluster: Cluster, seat: string, seconds: number, not?: string): Promise<string> {
  for (const end = monotonic() + seconds; ;) {
    const text = await cluster.lab.bucket.get("epoch");
    const found = text === undefined ? undefined : epochSchema.parse(JSON.parse(text)).joined.find((one) => one.seat === seat);
    if (found && found.disk !== not) return found.disk;
    if (monotonic() > end) throw new Error(`${seat} did not join within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Kills a machine of which the store says that it has joined. @returns the next one, when the first was dead, and whether it had data */
async function crashed(cluster: Cluster, seat: string): Promise<{ machine: Machine; dead: number; hadData: boolean }> {
  let hadData = true;
  const next = await replaceAfter(cluster, seat, ({ disk }) =>
    opened(disk, (folder) => void (hadData = existsSync(join(folder, "data/member")))),
  );
  return { ...next, hadData };
}

interface Crash {
  readonly name: string;
  readonly about: string;
  /** Brings a machine of the seat whose etcd never starts, up to `joined`, and does the rest. */
  readonly run: (cluster: Cluster, seat: string) => Promise<Crashed>;
}

interface Crashed {
  readonly hadData: boolean;
  readonly whole: number;
  /** None where nobody could write yet. */
  readonly harm?: Harm;
  /** Number of the epoch that the crash must not change. */
  readonly epoch: number;
}

const crashes: readonly Crash[] = [
  {
    name: "crash-after-joined",
    about: "a cluster begins, and the machine of its last seat dies when the store says that it has joined, before it has data",
    async run(cluster, seat) {
      const names = await anew(cluster);
      cluster.lab.spoilt.set(seat, neverStarting);
      await startTogether(cluster, names);
      await joinedDisk(cluster, seat, patienceSeconds);
      const { machine, dead, hadData } = await crashed(cluster, seat);
      await cluster.trust(patienceSeconds);
      const { total } = await followed(cluster, machine, dead, { kind: "voter", address: cluster.addressOf(seat) });
      await cluster.whole(patienceSeconds, 0);
      return { hadData, whole: total, epoch: 1 };
    },
  },
  {
    name: "crash-in-replace",
    about: "the machine that brings a lost disk's member back dies when the store says that it has joined, before it has data",
    async run(cluster, seat) {
      const { groups, spoilt, volumes } = cluster.lab;
      const [before, epoch] = [await joinedDisk(cluster, seat, 1), await epochNumber(cluster)];
      const { result, harm } = await cluster.during(async () => {
        const first = groups.machine(seat);
        groups.pause(seat);
        await groups.kill(seat);
        await removed(cluster, first);
        volumes.lose(seat);
        spoilt.set(seat, neverStarting);
        await groups.resume(seat);
        await joinedDisk(cluster, seat, patienceSeconds, before);
        const { machine, dead, hadData } = await crashed(cluster, seat);
        const { total } = await followed(cluster, machine, dead, { kind: "voter", address: cluster.addressOf(seat) });
        return { hadData, whole: total };
      });
      return { ...result, harm, epoch };
    },
  },
];

function scenario({ name, about, run }: Crash): Scenario {
  return {
    name,
    about,
    async run({ cluster, floor }: Bench): Promise<Outcome> {
      const seat = cluster.names("etcd").at(-1) ?? "";
      const { hadData, whole, harm, epoch } = await run(cluster, seat);
      await cluster.whole(120);
      const raised = (await epochNumber(cluster)) - epoch;
      return {
        rows: [{ scenario: name, what: `${seat}: the next machine starts → its member votes`, floor, whole, ...(harm && { harm }) }],
        lines: [
          exactly(`${name}: machines that died with data`, hadData ? 1 : 0, "machines", 0),
          atMost(`${name}: start of the next machine until its member votes, B + ${emptySeconds} s`, whole, "s", floor + emptySeconds),
          exactly(`${name}: epochs that were raised because of it`, raised, "epochs", 0),
          ...(harm ? [exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0)] : []),
        ],
      };
    },
  };
}

export const firstEpoch: readonly Scenario[] = [late, ...crashes.map(scenario)];
