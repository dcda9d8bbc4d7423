import { clusterIn, type Cluster } from "../../cli/cluster";
import { MemoryContents, MemoryStore, type MemoryFaults } from "../../agent/store/memory";
import type { Epoch, SeatStatus } from "../../constructs/spec/store";
import { clusterSpec, nodePlatform } from "../node/cluster";

export const start = Date.parse("2026-03-01T12:00:00Z");
/** Seconds before `start`, as the store writes them. */
export const ago = (seconds: number): string => new Date(start - seconds * 1000).toISOString();

export const digest = (letter: string): string => letter.repeat(64);
export const disk = (letter: string): string => letter.repeat(32);
const etcdSeats = ["etcd-0", "etcd-1", "etcd-2"];
export const seats = [...etcdSeats, "master-0", "master-1", "master-2"];

/** A cluster's store in memory, as a person's commands see it. */
export class StoreWorld {
  readonly contents = new MemoryContents();
  readonly faults: MemoryFaults = {};
  readonly cluster: Cluster;
  /** Milliseconds since 1970, by the store. */
  now = start;

  constructor() {
    const store = new MemoryStore(() => this.now, this.contents, this.faults);
    this.cluster = clusterIn("orchard-aws", clusterSpec(), nodePlatform(), store, () => this.now);
  }

  put(key: string, value: unknown): this {
    this.contents.put(key, typeof value === "string" ? value : JSON.stringify(value));
    return this;
  }

  take(key: string): unknown {
    const object = this.contents.objects.get(key);
    return object && (JSON.parse(object.body) as unknown);
  }

  status(seat: string, changes: Partial<SeatStatus> = {}): this {
    const status: SeatStatus = {
      seat,
      machine: `i-${seat}`,
      bootId: "boot",
      at: ago(60),
      phase: "run",
      epoch: 2,
      configuration: digest("a"),
      healthy: true,
      ...changes,
    };
    return this.put(`seats/${seat}`, status);
  }

  /** A cluster that is whole. */
  whole(): this {
    this.put("epoch", epoch()).put("desired/repair", {
      workersAtOncePercent: 10,
      windows: [],
      backup: { everyMinutes: 5, keepHours: 24, keepDays: 14 },
    });
    this.put("join/worker", { epoch: 2, token: "abcdef.0123456789abcdef", until: ago(-3600), authorities: ["pem"] });
    for (const seat of seats) this.status(seat);
    return this;
  }
}

export function epoch(changes: Partial<Epoch> = {}): Epoch {
  return {
    cluster: "orchard",
    number: 2,
    token: disk("0"),
    clusterId: "8e9e05c52164694d",
    state: "running",
    seats: etcdSeats.map((name, index) => ({ name, peerUrl: `https://10.0.0.1${index}:2380` })),
    joined: etcdSeats.map((seat, index) => ({ seat, disk: disk(String(index)) })),
    authorities: {},
    ...changes,
  };
}
