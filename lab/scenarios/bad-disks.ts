import { setTimeout as sleep } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { diskPace } from "../../agent/upkeep/slow-disk";
import { parseMetrics, type EtcdMetrics } from "../../agent/upkeep/etcd-metrics";
import { upkeepTimes } from "../../agent/upkeep/times";
import { port } from "../../constructs/spec/ports";
import { atMost, exactly } from "../../measured/line";
import { brakeWrites } from "../cgroups";
import { numbersOf } from "../disk";
import { labFile } from "../files";
import { property } from "../inside";
import { monotonic, type Machine } from "../machine";
import type { Cluster } from "./cluster";
import type { Bench, Outcome, Scenario } from "./scenario";

/** Of log and database together: a write to the log waits for seconds behind a transaction of the database. */
const slowWritesPerSecond = 2;
const stallSeconds = 5;
/** Where a seat's volume is mounted. */
const volume = "/var/lib/etcd";
const etcdUnit = "etcd.service";

async function metricsOf(machine: Machine): Promise<EtcdMetrics> {
  const { stdout } = await machine.exec("curl", "-s", "-m", "5", `http://127.0.0.1:${port.etcdMetrics}/metrics`);
  return parseMetrics(stdout);
}

const slow: Scenario = {
  name: "slow-disk",
  about: "the disk of etcd's leader takes two writes a second: it leads no longer, and nothing is replaced",
  async run({ cluster, timerFactor }: Bench): Promise<Outcome> {
    const { groups, volumes, run } = cluster.lab;
    const seat = await cluster.leader();
    const machine = groups.machine(seat);
    const before = groups.instances().length;
    const seconds = 3 * upkeepTimes.betweenMoves * timerFactor;
    const { major, minor } = numbersOf(volumes.of(seat).disk);
    const brake = (writes?: number): void => brakeWrites(`${run.id}/${seat}`, `${major}:${minor}`, writes);
    const { result, harm } = await cluster.during(async () => {
      const process = await property(machine, etcdUnit, "MainPID");
      const first = await metricsOf(machine);
      brake(slowWritesPerSecond);
      await sleep(seconds * 1000);
      const pace = diskPace(first.fsyncs, (await metricsOf(machine)).fsyncs);
      const leads = (await cluster.leader()) === seat;
      const killed = (await property(machine, etcdUnit, "MainPID")) !== process;
      brake();
      return { slow: pace?.slow ?? false, leads, killed };
    });
    await cluster.whole(60);
    return {
      rows: [
        { scenario: "slow-disk", what: `${seat}, which leads, writes twice a second for ${seconds.toFixed(0)} s: another one leads`, harm },
      ],
      lines: [
        exactly("slow-disk: disks that were slow by etcd's own word", result.slow ? 1 : 0, "disks", 1),
        exactly("slow-disk: members with a slow disk that lead at the end", result.leads ? 1 : 0, "members", 0),
        exactly("slow-disk: members that ended because of it", result.killed ? 1 : 0, "members", 0),
        atMost("slow-disk: longest stall of writes", harm.etcdGap, "s", stallSeconds),
        exactly("slow-disk: machines that were replaced because of it", groups.instances().length - before, "machines", 0),
        exactly("slow-disk: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

const full: Scenario = {
  name: "disk-full",
  about: "the volume of a seat is full, and its member ends once meanwhile: nothing is replaced, and people are told",
  async run({ cluster, timerFactor }: Bench): Promise<Outcome> {
    const { groups } = cluster.lab;
    const seat = cluster.names("etcd").at(-1) ?? "";
    const machine = groups.machine(seat);
    const before = groups.instances().length;
    const seconds = 3 * upkeepTimes.metricsEvery * timerFactor;
    const { result, harm } = await cluster.during(async () => {
      const { stdout } = await machine.exec("sh", "-c", readFileSync(labFile("fill.sh"), "utf8"), "fill", volume);
      const told = await isTold(cluster, seat, 60);
      await machine.exec("systemctl", "kill", "--kill-whom=main", "--signal=KILL", etcdUnit);
      await sleep(Math.max(seconds, 30) * 1000);
      await machine.exec("rm", `${volume}/filler`, `${volume}/filler-end`);
      return { room: Number(stdout), told };
    });
    const from = monotonic();
    const whole = (await cluster.whole(120)) - from;
    return {
      rows: [{ scenario: "disk-full", what: `${seat}: somebody makes room → all is whole`, whole, harm, hands: "a person makes room" }],
      lines: [
        exactly("disk-full: room that was left", result.room, "KiB", 0),
        exactly("disk-full: machines that said so", result.told ? 1 : 0, "machines", 1),
        exactly("disk-full: machines that were replaced because of it", groups.instances().length - before, "machines", 0),
        atMost("disk-full: longest stall of writes to the API", harm.apiGap, "s", stallSeconds),
        exactly("disk-full: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

/** What `coppice status` shows of the seat. */
async function isTold({ lab }: Cluster, seat: string, seconds: number): Promise<boolean> {
  for (const end = monotonic() + seconds; monotonic() < end; await sleep(1_000)) {
    const { message = "" } = JSON.parse((await lab.bucket.get(`seats/${seat}`)) ?? "{}") as { message?: string };
    if (message.includes("% full")) return true;
  }
  return false;
}

export const badDisks: readonly Scenario[] = [slow, full];
