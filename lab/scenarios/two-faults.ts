import { atMost, exactly } from "../../measured/line";
import type { Cluster } from "./cluster";
import { followed, replaceSeat, type Replaced } from "./replaced";
import type { Bench, Outcome, Scenario } from "./scenario";

/** Seconds beside the floor that each fault alone may need. Two machines that start at once share the computer: each may need both. */
const beside = { blankSeat: 9, seat: 5, master: 8, worker: 6 } as const;

interface Part {
  readonly what: string;
  readonly limit: number;
  readonly replaced: Promise<Replaced>;
}

type Parts = (cluster: Cluster, leader: string) => readonly Part[];

const etcd = (cluster: Cluster, seat: string, disk: "kept" | "lost"): Part => ({
  what: `${seat}: machine starts → its member votes`,
  limit: disk === "lost" ? beside.blankSeat : beside.seat,
  replaced: replaceSeat(cluster, seat, disk, { kind: "voter", address: cluster.addressOf(seat) }),
});

function master(cluster: Cluster): Part {
  const seat = cluster.names("master").at(-1) ?? "";
  return {
    what: `${seat}: machine starts → its API server is ready`,
    limit: beside.master,
    replaced: replaceSeat(cluster, seat, "kept", { kind: "api", address: cluster.addressOf(seat) }),
  };
}

function worker(cluster: Cluster): Part {
  const { groups } = cluster.lab;
  const before = cluster.workers().at(-1);
  if (!before) throw new Error("the cluster has no workers");
  const replaced = async (): Promise<Replaced> => {
    const dead = await groups.kill(before.plan.name);
    const machine = await groups.next(before);
    return followed(cluster, machine, dead, { kind: "node", name: machine.hostname, since: 0 });
  };
  return { what: "worker: machine starts → its node is ready", limit: beside.worker, replaced: replaced() };
}

function scenario(name: string, about: string, parts: Parts): Scenario {
  return {
    name,
    about,
    async run({ cluster, floor }: Bench): Promise<Outcome> {
      const leader = await cluster.leader();
      const { result, harm } = await cluster.during(() =>
        Promise.all(parts(cluster, leader).map(async ({ replaced, ...part }) => ({ ...part, ...(await replaced) }))),
      );
      await cluster.whole(120);
      const both = result.reduce((sum, { limit }) => sum + limit, 0);
      const rows = result.map(({ what, detect, boot, join, total }) => ({ scenario: name, what, floor, detect, boot, join, whole: total }));
      return {
        rows: rows.map((row, index) => (index === rows.length - 1 ? { ...row, harm } : row)),
        lines: [
          ...result.map(({ what, total }) => atMost(`${name}, ${lineOf(what)}, B + ${both} s`, total, "s", floor + both)),
          exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0),
        ],
      };
    },
  };
}

/** Without the number of the seat, which another run may choose otherwise. */
const lineOf = (what: string): string => what.replace(/-\d:/, ":");

export const twoFaults: readonly Scenario[] = [
  scenario("follower-and-master", "a follower of etcd dies with its disk, and a master at the same time", (cluster, leader) => {
    const follower = cluster.names("etcd").find((seat) => seat !== leader);
    if (follower === undefined) throw new Error("etcd has one member only");
    return [etcd(cluster, follower, "lost"), master(cluster)];
  }),
  scenario("leader-and-worker", "etcd's leader and a worker die at the same time", (cluster, leader) => [
    etcd(cluster, leader, "kept"),
    worker(cluster),
  ]),
];
