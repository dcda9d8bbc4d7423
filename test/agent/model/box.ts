import type { Vote } from "../../../constructs/spec/store";
import type { Data, Disk, Marker, Sighting } from "../../../agent/observation";
import type { Memory } from "../../../agent/seat/observe";
import type { StatusMemory } from "../../../agent/status";
import type { MemoryStore } from "../../../agent/store/memory";
import type { Replica } from "./replica";

/** A volume: what is on it outlives every machine, until the volume itself is lost. */
export class Volume {
  formatted = false;
  corrupt = false;
  marker: Marker | undefined;
  fence: Vote | undefined;
  replica: Replica | undefined;

  read(): Disk {
    return {
      volume: this.formatted ? "formatted" : "blank",
      ...(this.marker ? { marker: this.marker } : {}),
      ...(this.fence ? { fence: this.fence } : {}),
      data: this.data(),
    };
  }

  private data(): Data {
    if (this.corrupt) return { state: "corrupt" };
    const { replica } = this;
    if (!replica) return { state: "empty" };
    return {
      state: "valid",
      epoch: replica.epoch,
      token: replica.token,
      clusterId: replica.clusterId,
      member: replica.member,
      voter: replica.isVoter,
      membership: { index: replica.changedAt, voters: replica.configuration.voters },
      term: replica.lastTerm,
      index: replica.lastIndex,
      revision: replica.revision,
    };
  }
}

/** The machine on a seat, or of a master. `life` tells one process of its agent from the next: what an earlier one began never goes on. */
export interface Box {
  readonly name: string;
  readonly role: "etcd" | "master";
  readonly peerUrl: string;
  configuration: string;
  bootedAt: number;
  healthySince: number | undefined;
  /** It wants to be restarted, as after an update of its OS. */
  restart: boolean;
  /** Monotonic clocks of machines begin anywhere: milliseconds. */
  readonly offset: number;
  readonly store: MemoryStore;
  up: boolean;
  agentUp: boolean;
  life: number;
  /** On the machine's own disk. */
  sighting: Sighting | undefined;
  volume: Volume | undefined;
  etcdRunning: boolean;
  isolated: boolean;
  memory: Memory & StatusMemory;
  /** What its agent did last, for the report on a schedule that did not end well. */
  last: string;
}
