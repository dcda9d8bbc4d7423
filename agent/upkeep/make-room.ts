import type { EtcdStatus } from "../etcd/client";
import { say, sayOnce } from "../log";
import { metrics } from "../metrics";
import { Objects } from "../store/objects";
import { leads, moveLeadership } from "./leadership";
import type { OwnMember } from "./member";
import { nextCompactions, overdueRevision, type Compactions } from "./overdue";
import { isWorthDefragmenting, roomStep, type RoomStep, type RoomView } from "./room";
import type { UpkeepTimes } from "./times";
import type { Turns } from "./turns";
import { underPermit, type Done } from "./under-permit";

/** Members, by id, that hold an alarm of etcd, as every member tells it of all: `memberID:42 alarm:NOSPACE`. */
export function alarmed({ errors }: Pick<EtcdStatus, "errors">, alarm: "NOSPACE" | "CORRUPT"): readonly string[] {
  const ids = errors.flatMap((text) => [...text.matchAll(new RegExp(`memberID:(\\d+) alarm:${alarm}`, "g"))].map(([, id = ""]) => id));
  return ids.map((id) => BigInt(id).toString(16));
}

/** Keeps room in the database of the own member, and gets etcd out of NOSPACE. */
export class RoomKeeper {
  private compactions?: Compactions;
  private compacted?: { readonly at: number; readonly to: number };
  /** `to` is what was compacted then. */
  private defragmented?: { readonly at: number; readonly to: number };
  private othersSince: number | undefined;
  private refusedAt?: number;

  constructor(
    private readonly member: OwnMember,
    private readonly times: UpkeepTimes,
    private readonly turns: Turns,
  ) {}

  noteCompacted(compacted: number, revision: number): void {
    this.compactions = nextCompactions(this.compactions, compacted, revision, this.member.monotonic());
  }

  async look(status: EtcdStatus): Promise<RoomStep> {
    const full = alarmed(status, "NOSPACE");
    const view = this.viewOf(status, full, full.length > 0 ? await this.memberIds() : undefined);
    let step = roomStep(view, this.times);
    const last = step.kind === "defragment" && view.leads && (await this.othersNeedIt(full.length > 0));
    this.othersSince = last ? (this.othersSince ?? this.member.monotonic()) : undefined;
    const othersFor = this.ago(this.othersSince);
    if (othersFor !== undefined) step = roomStep({ ...view, othersFor }, this.times);
    await this.perform(step, status);
    return step;
  }

  private viewOf(status: EtcdStatus, full: readonly string[], members: readonly string[] | undefined): RoomView {
    const { dbSize, dbSizeInUse, dbSizeQuota, header } = status;
    const overdue = overdueRevision(this.compactions, this.times.apiCompactsWithin, this.member.monotonic());
    const compactedAgo = this.ago(this.compacted?.at);
    const defragmentedAgo = this.ago(this.defragmented?.at);
    return {
      ...{ dbSize, dbSizeInUse, dbSizeQuota, full, revision: header.revision, self: header.member_id, leads: leads(status) },
      forgotten: (this.compacted?.to ?? 0) > (this.defragmented?.to ?? 0),
      ...(members && { members }),
      ...(overdue !== undefined && { overdue }),
      ...(compactedAgo !== undefined && { compactedAgo }),
      ...(defragmentedAgo !== undefined && { defragmentedAgo }),
    };
  }

  private async perform(step: RoomStep, status: EtcdStatus): Promise<void> {
    const { etcd } = this.member;
    switch (step.kind) {
      case "rest":
        return;
      case "wait":
      case "full":
        return sayOnce(step.kind === "full" ? "etcd is full" : "etcd makes room", { message: step.message });
      case "compact": {
        const answer = await etcd.compact(step.revision);
        // Refused is what somebody else has compacted already.
        if (answer.kind !== "unavailable") this.compacted = { at: this.member.monotonic(), to: step.revision };
        return told("compact", answer.kind, { revision: step.revision, why: step.why, ...reasonOf(answer), ...sizes(status) });
      }
      case "disarm": {
        const answer = await etcd.disarm(step.member, "NOSPACE");
        return told("disarm", answer.kind, { member: step.member, ...reasonOf(answer), ...sizes(status) });
      }
      case "defragment":
        return this.defragment(step.why, status);
    }
  }

  private async defragment(why: "defragment" | "nospace", before: EtcdStatus): Promise<void> {
    const { member } = this;
    const again = why === "nospace" ? this.times.look : this.times.metricsEvery;
    if ((this.ago(this.refusedAt) ?? Infinity) < again) return;
    const { seat, plane, times } = member;
    const objects = new Objects(member.store, member.monotonic);
    const began = member.monotonic();
    const work = ({ unhealthy }: { readonly unhealthy: readonly string[] }) => this.disturb(why, before, unhealthy);
    // etcd would wait for the end of a snapshot with all of its answers.
    const done = await this.turns.take(() => underPermit({ objects, seat, times, why, plane, work }));
    if (done.kind === "not-now") this.refusedAt = member.monotonic();
    else this.defragmented = { at: member.monotonic(), to: this.compacted?.to ?? 0 };
    const after = await member.etcd.status();
    told("defragment", done.kind, {
      ...{ why, ...reasonOf(done), seconds: (member.monotonic() - began) / 1000, bytesBefore: before.dbSize },
      ...(after.kind === "answered" && { bytesAfter: after.value.dbSize }),
    });
  }

  private async disturb(why: "defragment" | "nospace", before: EtcdStatus, unhealthy: readonly string[]): Promise<Done> {
    const { etcd } = this.member;
    if (leads(before)) {
      const moved = await moveLeadership(etcd, before.header.member_id, unhealthy);
      told("move-leader", moved.kind, { why: "defragmentation", ...moved });
      const voters = await this.memberIds();
      // At NOSPACE nothing is written that an election could hold up; a member without others has nobody to give it to.
      if (moved.kind === "kept" && why !== "nospace" && voters?.length !== 1) return { kind: "not-now", reason: moved.reason };
    }
    const answer = await etcd.defragment();
    switch (answer.kind) {
      case "answered":
        return { kind: "done" };
      case "refused":
        return { kind: "not-now", reason: answer.reason };
      case "unavailable":
        return { kind: "unknown", reason: answer.reason };
    }
  }

  private async othersNeedIt(full: boolean): Promise<boolean> {
    const { etcd, seat, other } = this.member;
    const list = await etcd.members();
    if (list.kind !== "answered") return false;
    const urls = list.value.members.flatMap(({ name, clientURLs: [url] }) => (name === seat || url === undefined ? [] : [url]));
    const others = await Promise.all(urls.map((url) => other(url).status()));
    return others.some((one) => one.kind === "answered" && isWorthDefragmenting(one.value, full));
  }

  private async memberIds(): Promise<readonly string[] | undefined> {
    const list = await this.member.etcd.members();
    return list.kind === "answered" ? list.value.members.map(({ ID }) => ID) : undefined;
  }

  private ago(at: number | undefined): number | undefined {
    return at === undefined ? undefined : (this.member.monotonic() - at) / 1000;
  }
}

function told(action: string, result: string, fields: Readonly<Record<string, unknown>>): void {
  metrics.add("coppice_etcd_upkeep_total", 1, { action, result });
  say("etcd makes room", { action, result, ...fields });
}

function reasonOf(answer: { readonly kind: string; readonly reason?: string }): { readonly reason?: string } {
  return answer.reason === undefined ? {} : { reason: answer.reason };
}

function sizes({ dbSize, dbSizeInUse, dbSizeQuota }: EtcdStatus) {
  return { bytes: dbSize, bytesInUse: dbSizeInUse, quota: dbSizeQuota };
}
