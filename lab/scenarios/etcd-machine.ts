import { atMost, exactly } from "../../measured/line";
import { replaceSeat } from "./replaced";
import type { Bench, Outcome, Scenario } from "./scenario";

/** Seconds that a member may need after its agent is there: with the seat's disk, and with a blank one. */
const allowed = { kept: 5, lost: 9 } as const;
/** Raft elects within one or two timeouts of a second each. */
const stallSeconds = 5;

const aboutDisk = { kept: "with its disk", lost: "with an empty disk" } as const;

function scenario(which: "follower" | "leader", disk: "kept" | "lost"): Scenario {
  const name = `etcd-${which}-disk-${disk}`;
  return {
    name,
    about: `the machine of etcd's ${which} dies; the next one of its seat comes ${aboutDisk[disk]}`,
    run: (bench) => killOne(bench, name, which, disk),
  };
}

async function killOne({ cluster, floor }: Bench, name: string, which: "follower" | "leader", disk: "kept" | "lost"): Promise<Outcome> {
  const leader = await cluster.leader();
  const seat = which === "leader" ? leader : cluster.names("etcd").find((one) => one !== leader);
  if (seat === undefined) throw new Error("etcd has one member only");
  const { result, harm } = await cluster.during(() =>
    replaceSeat(cluster, seat, disk, { kind: "voter", address: cluster.addressOf(seat) }),
  );
  const { detect, boot, join, total } = result;
  await cluster.whole(60);
  return {
    rows: [{ scenario: name, what: `${seat}: machine starts → its member votes`, floor, detect, boot, join, whole: total, harm }],
    lines: [
      atMost(`${name}: start of the machine until its member votes, B + ${allowed[disk]} s`, total, "s", floor + allowed[disk]),
      atMost(`${name}: longest stall of writes`, harm.etcdGap, "s", stallSeconds),
      exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0),
    ],
  };
}

export const etcdMachine: readonly Scenario[] = [
  scenario("follower", "kept"),
  scenario("follower", "lost"),
  scenario("leader", "kept"),
  scenario("leader", "lost"),
];
