import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exactly, reported } from "../../measured/line";
import { monotonic, type Machine } from "../machine";
import { manualTakeover, type Manual } from "../manual";
import type { Cluster } from "./cluster";
import type { Bench, Outcome, Scenario } from "./scenario";

/** On the root disk of a machine, where the manual puts what it makes. */
const folder = "/var/lib/coppice";
const epochFile = "/var/lib/etcd/epoch.json";

/** A person with root shells on all machines, who pastes what the manual says. */
class Person {
  constructor(
    private readonly cluster: Cluster,
    private readonly manual: Manual,
  ) {}

  /** @throws Error with what the shell said */
  async shell(machine: Machine, code: string): Promise<string> {
    const { status, stdout, stderr } = await machine.exec("bash", "-euc", code);
    if (status === 0) return stdout.trim();
    throw new Error(`by hand on ${machine.plan.name}: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  }

  /** In a shell of etcd's that knows what section 2 has defined. */
  onEtcd(machine: Machine, code: string): Promise<string> {
    return this.shell(machine, `${this.manual(2, 1)}\n${code}`);
  }

  machines(role: "etcd" | "master"): readonly Machine[] {
    return this.cluster.names(role).map((seat) => this.cluster.lab.groups.machine(seat));
  }

  /** The volume of a seat is another one, and blank; it is mounted by its device, as no udev runs here that knows labels. */
  async blank(machine: Machine, from: Machine): Promise<void> {
    const { name } = machine.plan;
    await this.shell(
      machine,
      `systemctl stop etcd.service; device=$(findmnt -no SOURCE /var/lib/etcd); umount /var/lib/etcd
      mkfs.ext4 -qF -L coppice-${name} -m 1 "$device"
      mount -t ext4 -o noatime,nodev,nosuid,noexec,errors=remount-ro "$device" /var/lib/etcd`,
    );
    writeFileSync(join(machine.root, folder, "epoch.json"), await this.shell(from, `cat ${epochFile}`));
    await this.shell(machine, `mv ${folder}/epoch.json ${epochFile}`);
  }
}

/** Sections 1, 2 and 4: agents stopped, a disk lost, its member replaced. */
async function replaceMember(cluster: Cluster, person: Person, manual: Manual): Promise<void> {
  for (const machine of [...person.machines("etcd"), ...person.machines("master")]) await person.shell(machine, manual(1, 0));
  const leader = cluster.lab.groups.machine(await cluster.leader());
  const lost = person.machines("etcd").find((machine) => machine !== leader);
  if (!lost) throw new Error("the manual replaces a member of several");
  await person.blank(lost, leader);
  // It lists what answers, and ends with an error as one does not.
  await person.onEtcd(leader, `set +e\n${manual(2, 2)}\ntrue`);
  await person.onEtcd(leader, manual(4, 0).replace("LOST=etcd-1", `LOST=${lost.plan.name}`));
  await person.onEtcd(lost, manual(4, 1));
  for (const end = monotonic() + 60; ;) {
    try {
      await person.onEtcd(leader, manual(4, 2));
      break;
    } catch (reason) {
      if (monotonic() > end) throw reason;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  await cluster.seen([{ kind: "voter", address: lost.plan.address }], 60);
}

/** Section 5: two of three disks lost, all seats restored from a snapshot that was made by hand before. */
async function restore(cluster: Cluster, person: Person, manual: Manual): Promise<void> {
  const seats = person.machines("etcd");
  const [kept] = seats;
  if (!kept) throw new Error("there is no seat of etcd");
  await person.onEtcd(kept, manual(2, 3));
  const fresh: Record<string, string> = {};
  for (const machine of seats.slice(1)) {
    await person.blank(machine, kept);
    fresh[machine.plan.name] = await person.onEtcd(machine, manual(5, 0));
  }
  const epoch = nextEpoch((await cluster.lab.bucket.get("epoch")) ?? "", fresh, manual);
  await cluster.lab.bucket.put("epoch", epoch);
  const snapshot = join(kept.root, folder, "by-hand.db");
  for (const machine of seats) {
    writeFileSync(join(machine.root, folder, "epoch.json"), epoch);
    if (machine !== kept) copyFileSync(snapshot, join(machine.root, folder, "by-hand.db"));
    const places = `EPOCH_URL=file://${folder}/epoch.json SNAPSHOT_URL=file://${folder}/by-hand.db`;
    await person.onEtcd(machine, `${places}\n${manual(5, 4)}`);
  }
  await cluster.seen(
    cluster.addresses("etcd").map((address) => ({ kind: "voter", address }) as const),
    120,
  );
  for (const machine of person.machines("master")) await person.shell(machine, manual(5, 5));
}

/** What the manual's own program makes of the epoch; the store's part, before and after it, is the lab's and not the AWS CLI's. */
function nextEpoch(epoch: string, fresh: Readonly<Record<string, string>>, manual: Manual): string {
  const [, program = ""] = /^node -e '\n([\s\S]*?)'$/m.exec(manual(5, 2)) ?? [];
  const desk = mkdtempSync(join(tmpdir(), "coppice-by-hand-"));
  try {
    writeFileSync(join(desk, "epoch.json"), epoch);
    execFileSync(process.execPath, ["-e", program], { cwd: desk, env: { ...process.env, NEW: JSON.stringify(fresh) } });
    return readFileSync(join(desk, "epoch.json"), "utf8");
  } finally {
    rmSync(desk, { recursive: true });
  }
}

const numberOf = async (cluster: Cluster): Promise<number> =>
  (JSON.parse((await cluster.lab.bucket.get("epoch")) ?? "{}") as { number?: number }).number ?? 0;

export const byHand: Scenario = {
  name: "by-hand",
  about: "all agents of the control plane are stopped: a person replaces a member, and restores a snapshot, as the manual says",
  async run({ cluster, say }: Bench): Promise<Outcome> {
    const manual = manualTakeover();
    const person = new Person(cluster, manual);
    const before = await numberOf(cluster);
    const replaced = await cluster.during(() => replaceMember(cluster, person, manual));
    say("  the member votes again");
    const restored = await cluster.during(() => restore(cluster, person, manual));
    say("  the snapshot is restored");
    for (const machine of [...person.machines("etcd"), ...person.machines("master")]) await person.shell(machine, manual(6, 0));
    await cluster.whole(180);
    const hands = "all of it, by `docs/manual-takeover.md`";
    return {
      rows: [
        { scenario: "by-hand", what: "a member whose disk is lost is replaced without an agent", harm: replaced.harm, hands },
        { scenario: "by-hand", what: "two of three disks lost: a snapshot is restored without an agent", harm: restored.harm, hands },
      ],
      lines: [
        exactly("by-hand: acknowledged writes lost when a member is replaced", replaced.harm.lost, "writes", 0),
        reported("by-hand: acknowledged writes lost since the snapshot", restored.harm.lost, "writes"),
        exactly("by-hand: epochs that the restore began", (await numberOf(cluster)) - before, "epochs", 1),
      ],
    };
  },
};
