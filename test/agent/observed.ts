import type { DiskReport, Epoch, Recovery, SeatStatus, Vote } from "../../constructs/spec/store";
import type { MemberData, Member, Observation } from "../../agent/observation";
import type { Found } from "../../agent/store/objects";

export const now = Date.parse("2026-01-01T00:00:00Z");
const token = "a".repeat(32);
export const otherToken = "b".repeat(32);
export const disks = ["0", "1", "2"].map((digit) => digit.repeat(32));
const seats = [0, 1, 2].map((index) => ({ name: `etcd-${index}`, peerUrl: `https://10.0.0.${index}:2380` }));

export const epoch: Epoch = {
  cluster: "prod",
  number: 3,
  token,
  clusterId: "c1",
  state: "running",
  seats,
  joined: seats.map(({ name }, index) => ({ seat: name, disk: disks[index] ?? "" })),
  authorities: {},
};
const identity = { number: 3, token, clusterId: "c1" };
export const data: MemberData = {
  state: "valid",
  epoch: 3,
  token,
  clusterId: "c1",
  member: "e0",
  voter: true,
  membership: { index: 3, voters: ["e0", "e1", "e2"] },
  term: 4,
  index: 100,
  revision: 90,
};
export const marker = { cluster: "prod", seat: "etcd-0", disk: disks[0] ?? "", known: identity, joined: identity };
const stopped = { running: false, leader: false, removed: false, inSync: false };
export const running = { running: true, leader: false, removed: false, inSync: true };
export const down = { kind: "unavailable", reason: "503" } as const;
export const absent = { kind: "absent", now } as const;

export function found<T>(value: T): Found<T> {
  return { kind: "found", value, version: "1", now };
}

export function members(...ids: number[]): Member[] {
  return ids.map((id) => ({ id: `e${id}`, name: `etcd-${id}`, peerUrl: `https://10.0.0.${id}:2380`, learner: false, healthy: true }));
}

export const empty: DiskReport = { data: "empty" };
export function valid(seat: number, index = 100): DiskReport {
  const { term, revision, membership } = data;
  return {
    data: "valid",
    disk: disks[seat] ?? "",
    member: `e${seat}`,
    term,
    index,
    revision,
    membership: { index: membership.index, voters: [...membership.voters] },
  };
}

export function statuses(reports: readonly (DiskReport | undefined)[], age = 5): Observation["statuses"] {
  const entries = reports.flatMap((report, index): [string, { status: SeatStatus; age: number }][] => {
    const seat = `etcd-${index}`;
    const at = new Date(now).toISOString();
    return report
      ? [[seat, { status: { seat, machine: "i", bootId: "b", at, phase: "wait", epoch: 3, healthy: false, report }, age }]]
      : [];
  });
  return new Map(entries);
}

export function round(state: Recovery["state"], number = 7, until = now + 60_000): Recovery {
  return { round: number, epoch: 3, openedBy: "etcd-1", state, until: new Date(until).toISOString() };
}

export function vote(seat: number, report: DiskReport, number = 7): Vote {
  return { round: number, seat: `etcd-${seat}`, epoch: 3, report };
}

export function votes(reports: readonly (DiskReport | undefined)[]): ReadonlyMap<string, Vote> {
  return new Map(reports.flatMap((report, seat) => (report ? [[`etcd-${seat}`, vote(seat, report)] as const] : [])));
}

/** Seat etcd-0 of a cluster of three in epoch 3, its machine just booted with a good disk; `different` is what a case is about. */
export function seen(different: Partial<Observation> = {}): Observation {
  return {
    cluster: "prod",
    seat: "etcd-0",
    peerUrl: "https://10.0.0.0:2380",
    configured: seats,
    disk: { volume: "formatted", marker, data },
    etcd: stopped,
    epoch: found(epoch),
    recovery: absent,
    votes: new Map(),
    statuses: new Map(),
    peers: new Map(),
    snapshot: "unknown",
    quiet: 0,
    now,
    ...different,
  };
}

/** The same seat with a formatted disk that holds nothing. */
export const emptied = {
  volume: "formatted",
  marker: { ...marker, joined: undefined },
  data: { state: "empty" },
} as unknown as Observation["disk"];
