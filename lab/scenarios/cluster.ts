import { issue } from "../../agent/pki/certificates";
import { authority as authoritySchema } from "../../constructs/spec/store";
import { monotonic, type Machine } from "../machine";
import type { Lab } from "../world";
import { startWatch, type Watch } from "../watch/watch";
import type { Condition, Histories } from "../watch/messages";

/** A cluster in the lab, and somebody who looks at it from outside. */
export class Cluster {
  readonly watch: Watch;

  constructor(
    readonly lab: Lab,
    private readonly say: (text: string) => void,
  ) {
    this.watch = startWatch(lab.run);
  }

  /** Tells the watch where everything is, and as whom to ask once the cluster has brought forth its authorities. */
  async look(): Promise<void> {
    const api = this.lab.plan.api.address;
    await this.watch("targets", { etcd: this.addresses("etcd"), masters: this.addresses("master"), api });
  }

  /** Waits until the cluster has authorities, and lets the watch speak as one of their clients. */
  async trust(seconds: number): Promise<void> {
    const [etcd, api] = [
      await this.client("pki/etcd-client/1", "lab", seconds),
      await this.client("pki/cluster/kubernetes/1", "lab", seconds),
    ];
    await this.watch("trust", { etcd, api });
  }

  names(role: "etcd" | "master"): readonly string[] {
    return this.lab.plan.groups.filter((group) => group.kind === "seat" && group.name.startsWith(`${role}-`)).map(({ name }) => name);
  }

  addresses(role: "etcd" | "master"): readonly string[] {
    return this.names(role).map((name) => this.addressOf(name));
  }

  addressOf(seat: string): string {
    const group = this.lab.plan.groups.find(({ name }) => name === seat);
    if (!group) throw new Error(`there is no seat ${seat}`);
    return group.machine(0).address;
  }

  workers(): readonly Machine[] {
    return this.lab.groups.machines.filter(({ plan }) => plan.role === "worker");
  }

  /** Everything that a whole cluster shows; nodes have to have said so since a moment, in seconds since 1970. */
  wholeConditions(since: number): readonly Condition[] {
    return [
      ...this.addresses("etcd").map((address) => ({ kind: "voter", address }) as const),
      ...this.addresses("master").map((address) => ({ kind: "api", address }) as const),
      ...this.lab.groups.machines
        .filter(({ plan }) => plan.role !== "etcd")
        .map(({ hostname }) => ({ kind: "node", name: hostname, since }) as const),
    ];
  }

  /** @returns when the last of it was seen. @throws Error with what was not */
  async whole(seconds: number, since = Date.now() / 1000): Promise<number> {
    return this.seen(this.wholeConditions(since), seconds);
  }

  /** @returns when the last of the conditions was first seen. @throws Error with those that were not */
  async seen(conditions: readonly Condition[], seconds: number): Promise<number> {
    const seen = await this.watch("until", { conditions, seconds });
    const missing = conditions.filter((_, index) => seen[index] === null);
    if (missing.length > 0) throw new Error(`not within ${seconds} s: ${missing.map((one) => JSON.stringify(one)).join(", ")}`);
    return Math.max(...(seen as number[]));
  }

  /** Seat of the member that leads. */
  async leader(): Promise<string> {
    const seats = this.names("etcd");
    for (const name of seats) {
      const machine = this.lab.groups.machine(name);
      const { stdout } = await machine.exec("curl", "-s", "-m", "2", "http://127.0.0.1:2381/metrics");
      if (/^etcd_server_is_leader 1$/m.test(stdout)) return name;
    }
    throw new Error("no member of etcd leads");
  }

  /** Does something while writes go on, and says what became of them. */
  async during<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly harm: Harm }> {
    await this.watch("begin", null);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    let result: T;
    try {
      result = await work();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    } finally {
      // Ended in any case: the next history is another one.
      this.ended = await this.watch("end", null);
    }
    const present = new Set(await this.watch("present", null));
    const harm = harmOf(this.ended, present);
    this.say(`  writes: ${JSON.stringify(harm)}`);
    for (const [kind, sent] of Object.entries(this.ended)) reasonsOf(sent).forEach((line) => this.say(`  ${kind}: ${line}`));
    return { result, harm };
  }

  private ended: Histories | undefined;

  private async client(key: string, commonName: string, seconds: number) {
    for (const end = monotonic() + seconds; ;) {
      const text = await this.lab.bucket.get(key);
      if (text !== undefined) {
        const authority = authoritySchema.parse(JSON.parse(text));
        const profile = { commonName, organization: "system:masters", usages: ["client" as const], hours: 12 };
        const { certificate, key: own } = await issue(authority, profile, Date.now());
        return { ca: authority.certificate ?? "", cert: certificate, key: own };
      }
      if (monotonic() > end) throw new Error(`${key} was not born within ${seconds} s`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** What a fault did to those who write. */
export interface Harm {
  readonly etcdFailed: number;
  /** Seconds between two writes to etcd that were acknowledged one after the other. */
  readonly etcdGap: number;
  readonly apiFailed: number;
  readonly apiGap: number;
  /** Writes that etcd had acknowledged and does not have. */
  readonly lost: number;
}

function harmOf({ etcd, api }: Histories, present: ReadonlySet<number>): Harm {
  return {
    etcdFailed: etcd.filter(({ ok }) => !ok).length,
    etcdGap: longestGap(etcd),
    apiFailed: api.filter(({ ok }) => !ok).length,
    apiGap: longestGap(api),
    lost: etcd.filter(({ ok, number }) => ok && !present.has(number)).length,
  };
}

/** What was said instead of an acknowledgement, how often, and in which second of the history first and last. */
function reasonsOf(sent: Histories["etcd"]): readonly string[] {
  const begin = sent[0]?.at ?? 0;
  const byReason = new Map<string, number[]>();
  for (const { ok, at, reason = "" } of sent) if (!ok) byReason.set(reason, [...(byReason.get(reason) ?? []), at - begin]);
  return [...byReason].map(([reason, ats]) => `${ats.length} × ${reason}, from ${ats[0]?.toFixed(1)} s to ${ats.at(-1)?.toFixed(1)} s`);
}

/** Between two that were acknowledged, and from the last one to the end of what was sent: what has not come back yet counts too. */
function longestGap(sent: Histories["etcd"]): number {
  const end = Math.max(0, ...sent.map(({ at }) => at));
  const times = [
    ...sent
      .filter(({ ok }) => ok)
      .map(({ answered }) => answered)
      .sort((a, b) => a - b),
    end,
  ];
  return Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? time)));
}
