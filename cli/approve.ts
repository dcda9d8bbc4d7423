import { userInfo } from "node:os";
import { readEpoch } from "../agent/epoch";
import { keys } from "../agent/store/keys";
import { approval as approvalShape, seatStatus, type Approval, type Epoch } from "../constructs/spec/store";
import { names } from "../constructs/spec/names";
import type { Cluster } from "./cluster";
import { duration } from "./table";

export interface ApproveOptions {
  /** Seats that are lost for good, `etcd-1`. */
  readonly absent: readonly string[];
  /** Writes; without it, only says what it would write. */
  readonly yes: boolean;
  readonly say: (line: string) => void;
}

/**
 * Lets a recovery go on without seats whose disks are lost for good: it otherwise waits for every one of them.
 * @returns whether it was written
 * @throws Error when one of them may still live, or the store fails
 */
export async function approve(cluster: Cluster, { absent, yes, say }: ApproveOptions): Promise<boolean> {
  const { objects, spec, times } = cluster;
  const epoch = await readEpoch(objects);
  if (epoch.kind !== "found") throw new Error(`the epoch cannot be read: ${epoch.kind === "absent" ? "there is none" : epoch.reason}`);
  const { number, seats } = epoch.value;
  const strangers = absent.filter((name) => !seats.some((seat) => seat.name === name));
  if (strangers.length > 0) throw new Error(`epoch ${number} has no ${strangers.join(", ")}: ${seats.map(({ name }) => name).join(", ")}`);
  const key = keys.approval(number);
  const before = await objects.read(key, approvalShape);
  if (before.kind !== "found" && before.kind !== "absent") throw new Error(`${key}: ${before.reason}`);
  // What was approved before stays as it was: a seat that has joined with another disk since is needed again.
  const earlier = before.kind === "found" ? before.value.absent.filter(({ seat }) => !absent.includes(seat)) : [];
  const given = [...earlier, ...absent.map((seat) => ({ seat, ...diskOf(epoch.value, seat) }))];
  const isGiven = (name: string): boolean => given.some(({ seat, disk }) => seat === name && disk === diskOf(epoch.value, name).disk);
  if (seats.every(({ name }) => isGiven(name))) {
    throw new Error("at least one seat must be there to recover on: bring one back, with a blank volume if it has to be");
  }
  let heard = false;
  for (const { name } of seats) {
    const age = await silence(cluster, name);
    const said = age === undefined ? "never spoke in this store" : `last spoke ${duration(age)} ago`;
    const lives = age !== undefined && age < times.recoverAfter;
    if (!isGiven(name)) {
      say(`${name} ${said}; it must take part`);
      heard ||= lives;
      continue;
    }
    // Shorter than any recovery takes to begin: nothing is lost by waiting.
    if (lives) throw new Error(`${name} ${said}: it lives, and is not given up`);
    say(`${name} ${said}; destroy its volume ${names.of(spec, name)}: what it alone holds is given up`);
  }
  // Without quorum every seat speaks all the time: where none does, etcd runs, or nobody is there to go on.
  if (!heard) throw new Error("no seat that must take part has spoken lately: there is no recovery to let go on");
  if (!yes) {
    say("nothing was written: say --yes once the volumes are destroyed");
    return false;
  }
  const approval: Approval = {
    epoch: number,
    absent: given,
    by: userInfo().username,
    at: new Date(before.now).toISOString(),
  };
  const written = before.kind === "found" ? await objects.replace(key, approval, before.version) : await objects.create(key, approval);
  if (written.kind !== "written")
    throw new Error(`${key}: ${written.kind === "conflict" ? "somebody else wrote it; run it again" : written.reason}`);
  say(`${key}: ${given.map(({ seat }) => seat).join(" ")} given up in epoch ${number}`);
  return true;
}

/** Seconds since a seat's last word; undefined when there is none. @throws Error when the store does not say */
async function silence({ objects }: Cluster, seat: string): Promise<number | undefined> {
  const read = await objects.read(keys.status(seat), seatStatus);
  if (read.kind === "absent") return undefined;
  if (read.kind !== "found") throw new Error(`${keys.status(seat)}: ${read.reason}`);
  return (read.now - Date.parse(read.value.at)) / 1000;
}

/** The disk that it had joined with: should it come back with another one, it counts again. */
function diskOf({ joined }: Epoch, seat: string): { disk?: string } {
  const disk = joined.find((entry) => entry.seat === seat)?.disk;
  return disk === undefined ? {} : { disk };
}
