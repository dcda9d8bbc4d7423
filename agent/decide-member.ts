import type { Epoch } from "../constructs/spec/store";
import type { Action } from "./actions";
import { openRecovery } from "./decide-recovery";
import type { Member, MemberData, Observation } from "./observation";
import type { Rules } from "./rules";
import type { Found } from "./store/objects";
import type { Timing } from "./timing";

/** The ordinary life of a seat in the current epoch, with no fence on it. */
export function decideMember(seen: Observation, epoch: Found<Epoch>, times: Timing, rules: Rules): Action {
  const { value } = epoch;
  if (!value.seats.some(({ name }) => name === seen.seat)) return newSeat(seen, value, times);
  if (seen.etcd.running) return running(seen, value, times, rules);
  const { data } = seen.disk;
  return data.state === "valid" ? withData(seen, value, data, times, rules) : withoutData(seen, value, times, rules);
}

function running(seen: Observation, epoch: Epoch, times: Timing, rules: Rules): Action {
  const { etcd, members, disk } = seen;
  if (etcd.removed) return { kind: "archive", reason: "its member was removed" };
  if (!members) return openRecovery(seen, epoch, times) ?? { kind: "wait", message: "etcd has no quorum" };
  const data = disk.data.state === "valid" ? disk.data : undefined;
  const member = members.find(({ id }) => id === data?.member);
  if (!member)
    return data ? { kind: "archive", reason: "its member was removed" } : { kind: "wait", message: "etcd has not written its first data" };
  if (member.learner) {
    if (!etcd.inSync) return keepPermit(seen, times, rules) ?? { kind: "wait", message: "the learner is behind the leader" };
    return keepPermit(seen, times, rules) ?? { kind: "replace", step: "promote", member: member.id };
  }
  if (seen.permitLeft !== undefined) return { kind: "release", message: "the member votes" };
  if (etcd.leader && (epoch.state !== "running" || epoch.clusterId === undefined)) return { kind: "mark-running" };
  return { kind: "run" };
}

function withData(seen: Observation, epoch: Epoch, data: MemberData, times: Timing, rules: Rules): Action {
  const marker = seen.disk.marker === "garbage" ? undefined : seen.disk.marker;
  const joined = epoch.joined.find(({ seat }) => seat === seen.seat);
  if (joined && joined.disk !== marker?.disk) return { kind: "archive", reason: "the seat has joined with another disk since" };
  if (seen.members && !seen.members.some(({ id }) => id === data.member) && joined && marker?.joined)
    return { kind: "archive", reason: "its member was removed" };
  if (!data.voter) {
    if (!seen.members)
      return openRecovery(seen, epoch, times) ?? { kind: "wait", message: "this disk is a learner's, and etcd has no quorum" };
    return keepPermit(seen, times, rules) ?? { kind: "start" };
  }
  return joined && marker?.joined ? { kind: "start" } : { kind: "join", as: "restored" };
}

function withoutData(seen: Observation, epoch: Epoch, times: Timing, rules: Rules): Action {
  const joined = epoch.joined.some(({ seat }) => seat === seen.seat);
  const mayStartNew = !joined || (!rules.joinedOnce && !seen.members);
  if (mayStartNew && (epoch.state === "bootstrapping" || (!rules.joinedOnce && epoch.restore === undefined)))
    return { kind: "join", as: "new" };
  if (mayStartNew && (epoch.state === "restoring" || (!rules.joinedOnce && epoch.restore !== undefined))) return { kind: "restore" };
  if (seen.members) return replace(seen, seen.members, times, rules);
  return (
    openRecovery(seen, epoch, times) ?? {
      kind: "wait",
      message: `the disk is ${seen.disk.data.state}, and etcd has no quorum to replace its member`,
    }
  );
}

// Remove, then add as a learner; what cannot go on because another voter is down is given back, so that one can be repaired.
function replace(seen: Observation, members: readonly Member[], times: Timing, rules: Rules): Action {
  const own = members.find((member) => isOwn(member, seen));
  const others = members.filter((member) => member !== own);
  const obstacle = obstacleTo(own, others);
  if (obstacle) return seen.permitLeft === undefined ? { kind: "wait", message: obstacle } : { kind: "release", message: obstacle };
  return keepPermit(seen, times, rules) ?? (own ? { kind: "replace", step: "remove", member: own.id } : { kind: "replace", step: "add" });
}

function obstacleTo(own: Member | undefined, others: readonly Member[]): string | undefined {
  const learner = others.find((member) => member.learner);
  if (learner) return `another member is being replaced (${learner.name || learner.peerUrl})`;
  const healthy = others.filter((member) => member.healthy).length;
  if (own) return healthy > others.length / 2 ? undefined : "removing the old member would leave etcd without quorum";
  // etcd refuses a new member while a voter is down ("unhealthy cluster").
  return healthy === others.length ? undefined : "etcd adds no member while a voter is down";
}

function newSeat(seen: Observation, epoch: Epoch, times: Timing): Action {
  const { members, seat } = seen;
  if (!members) return { kind: "wait", message: `${seat} is new, and etcd has no quorum to add it` };
  const whole =
    epoch.state === "running" &&
    epoch.seats.every(({ name }) => members.some((member) => member.name === name && member.healthy && !member.learner));
  if (!whole) {
    const message = `${seat} is new, and waits until all listed seats are healthy voters`;
    return seen.permitLeft === undefined ? { kind: "wait", message } : { kind: "release", message };
  }
  return seen.permitLeft === undefined || seen.permitLeft <= times.permitMargin
    ? { kind: "acquire", reason: `add ${seat}` }
    : { kind: "add-seat" };
}

// The permit is the record that a change of membership is open.
function keepPermit(seen: Observation, times: Timing, rules: Rules): Action | undefined {
  if (!rules.openOnRecord || (seen.permitLeft ?? 0) > times.permitMargin) return undefined;
  return { kind: "acquire", reason: `replace the member of ${seen.seat}` };
}

function isOwn(member: Member, { seat, peerUrl }: Observation): boolean {
  return member.name === seat || member.peerUrl === peerUrl;
}
