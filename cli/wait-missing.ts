import type { Cluster } from "./cluster";
import type { ClusterState, SeatSeen } from "./status-state";
import { duration } from "./table";

/** One thing that a cluster still lacks, and what a person can do about it. */
export interface Missing {
  readonly what: string;
  readonly then: string;
}

/** What a cluster lacks to be whole, by the word of its machines in the store; empty when it is. */
export function missing(cluster: Pick<Cluster, "environment" | "spec" | "times">, state: ClusterState): readonly Missing[] {
  const { epoch, at } = state;
  if (at === undefined) {
    const reason = epoch.kind === "unknown" ? epoch.reason : "no answer";
    return [
      { what: `the store does not answer: ${reason}`, then: "check your credentials and their rights to the store (docs/access.md)" },
    ];
  }
  if (epoch.kind === "torn" || epoch.kind === "unknown") {
    return [{ what: `the epoch is not readable: ${epoch.reason}`, then: "restore the object from the bucket's versions" }];
  }
  const seats = state.seats.flatMap((seat) => seatMissing(cluster, state, seat));
  return [...(epoch.kind === "absent" ? [noEpoch(cluster, state)] : epochMissing(state)), ...seats, ...joinMissing(state)];
}

function noEpoch({ environment }: Pick<Cluster, "environment">, { repair, seats }: ClusterState): Missing {
  const what = "the store holds no epoch";
  if (repair.kind === "absent") return { what, then: `nothing was applied yet: npx cdktf deploy ${environment}` };
  const spoken = seats.some(({ status }) => status.kind === "found");
  return spoken
    ? { what, then: "if this cluster ever ran, its store was emptied: npx coppice rebuild-store" }
    : { what, then: "the first machine of an etcd seat makes it; look for machines in the cloud's groups" };
}

function epochMissing({ epoch, recovery }: ClusterState): readonly Missing[] {
  if (epoch.kind !== "found") return [];
  const { number, state, seats, joined } = epoch.value;
  const absent = seats.filter(({ name }) => !joined.some(({ seat }) => seat === name)).map(({ name }) => name);
  const open = recovery.kind === "found" && recovery.value.epoch === number && recovery.value.state === "open";
  return [
    ...(state === "running" ? [] : [{ what: `epoch ${number} is ${state}`, then: "wait: its members are starting" }]),
    ...(absent.length > 0 ? [{ what: `${absent.join(" ")} never joined epoch ${number}`, then: "see the seat itself" }] : []),
    ...(open
      ? [
          {
            what: `round ${recovery.value.round} on giving up epoch ${number} is open`,
            then: "wait for all seats; one that is lost for good: npx coppice approve",
          },
        ]
      : []),
  ];
}

function seatMissing({ spec, times }: Pick<Cluster, "spec" | "times">, state: ClusterState, seen: SeatSeen): readonly Missing[] {
  const { seat, status, age = 0, stale } = seen;
  const request = state.seatRequests.find((one) => one.seat === seat);
  if (request) {
    const then = "the scheduled reconcile run of the pipeline does it";
    return [{ what: `${seat} wants a new ${request.want}: ${request.reason}`, then }];
  }
  if (status.kind === "absent") {
    return [{ what: `${seat} never spoke`, then: `look at the group ${spec.name}-${seat} and at its machine's console` }];
  }
  if (status.kind !== "found") return [{ what: `${seat}: ${status.reason}`, then: "look at the object in the store" }];
  const { phase, healthy, epoch, message } = status.value;
  const said = message === undefined ? phase : `${phase}, ${message}`;
  // A seat that is not settled speaks every few seconds; one that runs, seldom.
  if (stale || (phase !== "run" && age > times.fresh)) {
    const then = `its machine is silent: look at the group ${spec.name}-${seat}`;
    return [{ what: `${seat} last spoke ${duration(age)} ago: ${said}`, then }];
  }
  if (phase === "halt")
    return [{ what: `${seat} halts: ${message ?? "it does not say why"}`, then: "do what it says; it goes on by itself" }];
  if (phase !== "run" || !healthy) return [{ what: `${seat} is not there yet: ${said}`, then: "wait" }];
  const current = state.epoch.kind === "found" ? state.epoch.value.number : epoch;
  return epoch === current ? [] : [{ what: `${seat} still runs epoch ${epoch}`, then: "wait" }];
}

function joinMissing({ join }: ClusterState): readonly Missing[] {
  if (join === "there") return [];
  const then = "the masters write what workers join with once the API is ready";
  return [{ what: join === "absent" ? "workers cannot join yet" : "whether workers may join is not known", then }];
}
