import { roles } from "../constructs/spec/roles";
import type { Rollout } from "../constructs/spec/store";
import type { Cluster } from "./cluster";
import type { ClusterState, SeatSeen, Seen } from "./status-state";
import { duration, moment, table } from "./table";

/** A state of a store that answered. */
type Answered = ClusterState & { readonly at: string };

/** What the store says of a cluster, for people. */
export function statusText({ environment, spec, platform }: Cluster, state: Answered): string {
  const since = (instant: string): string => duration((Date.parse(state.at) - Date.parse(instant)) / 1000);
  const ago = (instant: string): string => `${since(instant)} ago`;
  const sections = [
    [`${spec.name} (${environment}), by its store ${platform.store.bucket} at ${moment(state.at)}`],
    table([
      ["epoch", of(state.epoch, epochLine)],
      ["recovery", of(state.recovery, (one) => `round ${one.round} of epoch ${one.epoch}: ${one.state}, opened by ${one.openedBy}`)],
      ["permit", permitLine(state, ago)],
      ...(state.approval.kind === "absent"
        ? []
        : [["approval", of(state.approval, ({ absent, by, at }) => approvalLine(absent, by, ago(at)))]]),
      ["snapshot", snapshotLine(state, ago)],
      ["join", { there: "workers may join", absent: "workers may not join yet", unknown: "unknown" }[state.join]],
      ...pause(state),
    ]),
    table([
      ["roll-out", "state", "good", "candidate", "now at"],
      ...roles.map((role) => [role, ...rolloutCells(state.rollouts[role])]),
      [
        "add-ons",
        of(state.addons, (one) => one.state),
        ...(state.addons.kind === "found"
          ? [short(state.addons.value.good), short(state.addons.value.candidate), `revision ${state.addons.value.revision}`]
          : []),
      ],
    ]),
    table([["seat", "phase", "healthy", "epoch", "configuration", "said", "machine", ""], ...state.seats.map(seatCells)]),
    requestLines(state, since),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function of<T>(seen: Seen<T>, line: (value: T) => string): string {
  if (seen.kind === "found") return line(seen.value);
  if (seen.kind === "absent") return "none";
  return seen.kind === "torn" ? `not readable: ${seen.reason}` : `unknown: ${seen.reason}`;
}

function epochLine({
  number,
  state,
  joined,
  clusterId,
}: {
  number: number;
  state: string;
  joined: readonly { seat: string }[];
  clusterId?: string | undefined;
}): string {
  const seats = joined.map(({ seat }) => seat).sort();
  return `${number}, ${state}${clusterId === undefined ? "" : `, etcd cluster ${clusterId}`}, joined: ${seats.join(" ") || "none"}`;
}

function permitLine({ permit }: ClusterState, ago: (instant: string) => string): string {
  return of(permit, ({ holder, purpose, reason, until }) =>
    permit.taken === true ? `${holder}, to ${purpose}, until ${moment(until)}: ${reason}` : `free, last ${holder} ${ago(until)}`,
  );
}

function approvalLine(absent: readonly { seat: string }[], by: string, when: string): string {
  return `${absent.map(({ seat }) => seat).join(" ")} given up by ${by} ${when}`;
}

function snapshotLine({ snapshot }: ClusterState, ago: (instant: string) => string): string {
  if (snapshot === "none") return "no verified one";
  if (snapshot === "unknown") return "unknown";
  return `revision ${snapshot.revision} of epoch ${snapshot.epoch}, ${(snapshot.bytes / 2 ** 20).toFixed(1)} MiB, taken ${ago(snapshot.takenAt)}, verified`;
}

function pause({ repair, at }: Answered): readonly (readonly string[])[] {
  const until = repair.kind === "found" ? repair.value.pausedUntil : undefined;
  return until !== undefined && until > at ? [["repair", `paused until ${moment(until)}`]] : [];
}

const short = (digest: string | undefined): string => digest?.slice(0, 12) ?? "-";

/** Of a role. */
const mostSeats = 5;

function rolloutCells(rollout: Seen<Rollout>): readonly string[] {
  if (rollout.kind !== "found") return [of(rollout, () => "")];
  const { state, good, candidate, machine, wave = [], until, done } = rollout.value;
  const names = machine === undefined ? wave : [machine];
  const named = names.length === 0 ? "-" : `${names.join(" ")}${until === undefined ? "" : ` until ${moment(until)}`}`;
  // A seat is told by its name; of workers there may be hundreds.
  const through = done.length > mostSeats ? `${done.length} machines` : done.join(" ");
  return [state, short(good), short(candidate), `${named}${done.length > 0 ? `, done ${through}` : ""}`];
}

function seatCells({ seat, status, age, stale }: SeatSeen): readonly string[] {
  if (status.kind !== "found") return [seat, status.kind === "absent" ? "never spoke" : of(status, () => "")];
  const { phase, healthy, epoch, configuration, machine, message } = status.value;
  const said = `${duration(age ?? 0)} ago`;
  const last = `last: ${phase}${message === undefined ? "" : `, ${message}`}`;
  return stale
    ? [seat, "unknown", "-", String(epoch), short(configuration), said, machine, last]
    : [seat, phase, healthy ? "yes" : "no", String(epoch), short(configuration), said, machine, message ?? ""];
}

function requestLines({ seatRequests, workerRequests }: ClusterState, since: (instant: string) => string): readonly string[] {
  const seats = seatRequests.map(({ seat, want, reason, at }) => [seat, `wants a new ${want}, for ${since(at)}: ${reason}`]);
  const workers = workerRequests.map(({ instance, pool, reason, at, granted }) => [
    instance,
    `worker of ${pool}, asks to be replaced, for ${since(at)}${granted === undefined ? "" : `, granted until ${moment(granted)}`}: ${reason}`,
  ]);
  return seats.length + workers.length === 0 ? [] : ["requests", ...table([...seats, ...workers])];
}
