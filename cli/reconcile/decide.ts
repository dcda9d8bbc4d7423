import type { Observation, Seen } from "./seen";

/** What is done for one member. */
export interface Repair {
  readonly kind:
    /** The machine is gone. */
    | "make"
    /** It is there and off. */
    | "start"
    /** It is there and good for nothing. */
    | "replace"
    /** The seat has no volume. */
    | "volume"
    /** It has one that failed. */
    | "retire";
  readonly seen: Seen;
  readonly reason: string;
}

export type Verdict =
  | { readonly kind: "fine"; readonly says: string }
  /** Nobody's turn, or not yet. */
  | { readonly kind: "watched"; readonly says: string }
  | { readonly kind: "broken"; readonly says: string; readonly repair: Repair }
  /** No repair of this run's would help. */
  | { readonly kind: "person"; readonly says: string; readonly then: string };

export interface Decision {
  readonly verdicts: readonly { readonly seen: Seen; readonly verdict: Verdict }[];
  /** In their order, those alone that may be begun. */
  readonly repairs: readonly Repair[];
  /** Repairs that are due and may not be done now. */
  readonly held: readonly { readonly repair: Repair; readonly why: string }[];
  /** Why nothing at all is done though something is broken. */
  readonly refused?: string;
}

export interface Deadlines {
  /** Seconds that a machine may be on and silent. */
  readonly silent: number;
}

/** More than this share of the members at once is no fault of theirs: a wrong account, a store out of reach, a lost datacenter. */
const meltdownShare = 0.5;

/**
 * What a run does. Pure: the same observation always gives the same decision.
 * @param begun names of members that this run has tried to repair: each once
 */
export function decide(observation: Observation, deadlines: Deadlines, begun: ReadonlySet<string> = new Set()): Decision {
  const verdicts = observation.seen.map((seen) => ({ seen, verdict: verdictOf(seen, deadlines) }));
  const due = verdicts.flatMap(({ verdict }) => (verdict.kind === "broken" ? [verdict.repair] : []));
  const refused = due.length === 0 ? undefined : refusal(observation, due.length);
  if (refused !== undefined) return { verdicts, repairs: [], held: [], refused };
  const held = due.flatMap((repair) => {
    const why = mayNot(observation, repair);
    return why === undefined ? [] : [{ repair, why }];
  });
  const free = due.filter((repair) => !begun.has(repair.seen.member.name) && !held.some((one) => one.repair === repair));
  const workers = free.filter(({ seen }) => !isControlPlane(seen));
  const begunWorkers = observation.seen.filter((one) => !isControlPlane(one) && begun.has(one.member.name)).length;
  const later = workers.slice(Math.max(0, atOnce(observation) - begunWorkers));
  return {
    verdicts,
    repairs: free.filter((repair) => !later.includes(repair)),
    held: [...held, ...later.map((repair) => ({ repair, why: "others of the workers come first" }))],
  };
}

function verdictOf(seen: Seen, { silent }: Deadlines): Verdict {
  const { machine, speaks, asks, silentFor = 0, replaced } = seen;
  const broken = (kind: Repair["kind"], reason: string): Verdict => ({ kind: "broken", says: reason, repair: { kind, seen, reason } });
  if (machine) {
    if (machine.power === "unreachable") return { kind: "watched", says: "its host is out of the vCenter's reach: HA starts it elsewhere" };
    if (machine.power === "absent") return broken("make", "deleted");
    if (machine.half) return broken("replace", "made in part only");
    if (machine.power !== "on") return broken("start", machine.power === "off" ? "off" : "suspended");
  } else if (seen.member.machine !== undefined) return { kind: "watched", says: "not applied yet" };
  if (asks?.want === "volume") return broken(asks.failed ? "retire" : "volume", `asks for a volume: ${asks.reason}`);
  if (asks && machine) return broken("replace", `asks to be replaced: ${asks.reason}`);
  if (speaks === "silent" && machine) {
    const says = `on and silent for ${Math.round(silentFor / 60)} min`;
    if (silentFor < silent) return { kind: "watched", says };
    if (replaced === undefined) return broken("replace", says);
    return { kind: "person", says: `${says}, as the machine before it was`, then: "look at its console: another machine would not help" };
  }
  return { kind: "fine", says: speaks ?? machine?.power ?? "nothing asked for" };
}

function refusal({ seen, repair, now }: Observation, broken: number): string | undefined {
  const { pausedUntil } = repair;
  if (pausedUntil !== undefined && Date.parse(pausedUntil) > now) return `repairs pause until ${pausedUntil}`;
  const lost = seen.filter(({ machine }) => machine?.power === "unreachable").map(({ member }) => member.name);
  if (lost.length > 0) return `the vCenter knows only a part: ${lost.join(", ")} cannot be reached by it; see to its hosts`;
  const most = Math.ceil(seen.length * meltdownShare);
  if (broken <= most) return undefined;
  return `${broken} of ${seen.length} look broken at once, and more than ${most} is no fault of their own: see whether account, folder and store are the right ones, and make what is lost by terraform apply`;
}

/** Why one of the control plane must wait; a worker is only counted. */
function mayNot({ permit, seen }: Observation, repair: Repair): string | undefined {
  const { member, speaks } = repair.seen;
  if (!isControlPlane(repair.seen)) return undefined;
  if (permit && permit.holder !== member.name) return `${permit.holder} holds the permit until ${permit.until}: ${permit.reason}`;
  // Nothing of these serves: a machine that is not there, or one that says so itself.
  if (["make", "start"].includes(repair.kind)) return undefined;
  if (repair.kind === "retire") return mayNotRetire(seen, repair.seen);
  if ((repair.seen.asks || repair.seen.machine?.half) && speaks !== "healthy") return undefined;
  // It serves, or may: a silent machine can. So nobody else may be missing while it is away.
  const missing = seen.filter((one) => isControlPlane(one) && one.member !== member && !isWhole(one)).map((one) => one.member.name);
  return missing.length === 0 ? undefined : `it may still serve, and these are not healthy: ${missing.join(", ")}`;
}

/** What a failed volume holds, others must have: as many as etcd decides with. */
function mayNotRetire(all: readonly Seen[], { member }: Seen): string | undefined {
  const seats = all.filter((one) => one.member.tier === "etcd");
  const healthy = seats.filter((one) => one.member !== member && isWhole(one)).length;
  return healthy > seats.length / 2
    ? undefined
    : `only ${healthy} of the other seats are healthy: its volume may hold what nobody else has`;
}

const isControlPlane = ({ member }: Seen): boolean => member.tier !== "worker";
/** The word of a machine that is gone is not old yet. */
const isWhole = ({ member, machine, speaks }: Seen): boolean =>
  speaks === "healthy" && (member.machine === undefined || machine?.power === "on");

function atOnce({ seen, repair }: Observation): number {
  const workers = seen.filter((one) => !isControlPlane(one)).length;
  return Math.max(1, Math.floor((workers * repair.workersAtOncePercent) / 100));
}
