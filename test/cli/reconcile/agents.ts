import { keys } from "../../../agent/store/keys";
import type { Permit, SeatRequest, SeatStatus } from "../../../constructs/spec/store";
import type { Bed, Machine } from "./bed";

/** What the agents of the machines would write into the store: the part of them that a reconcile run sees. */
export class Agents {
  /** Machines whose agent says nothing more, by id. Whatever else runs on them runs on. */
  readonly mute = new Set<string>();
  /** Machines that are on their way: a word comes with the next look. */
  private readonly known = new Set<string>();

  constructor(private readonly bed: Bed) {}

  /** Everybody looks at itself once. */
  async speak(): Promise<void> {
    const machines = await this.bed.machines();
    for (const { name, tier } of this.bed.members) {
      const machine = machines.get(name);
      if (tier === "worker" || !machine?.on || this.mute.has(machine.id)) continue;
      if (this.known.has(machine.id)) this.say(name, tier, machine);
      this.known.add(machine.id);
    }
  }

  /** Members that are not as they should be. */
  async missing(): Promise<readonly string[]> {
    const machines = await this.bed.machines();
    return this.bed.members
      .filter(({ name, tier }) => {
        const machine = machines.get(name);
        return !machine?.on || (tier === "etcd" && !machine.volume) || this.mute.has(machine.id);
      })
      .map(({ name }) => name);
  }

  private say(seat: string, tier: string, machine: Machine): void {
    const { contents, now } = this.bed;
    const at = new Date(now).toISOString();
    const healthy = tier === "master" || machine.volume;
    const own = `orchard-${seat}.${machine.uuid}`;
    const phase = healthy ? "run" : "wait";
    const status: SeatStatus = { seat, machine: own, bootId: "boot", at, phase, epoch: 1, healthy };
    contents.put(keys.status(seat), JSON.stringify(status));
    if (healthy) {
      contents.objects.delete(`requests/seats/${seat}`);
      this.giveBack(seat);
      return;
    }
    const request: SeatRequest = { seat, want: "volume", machine: own, reason: "the machine has no second disk", at };
    contents.put(`requests/seats/${seat}`, JSON.stringify(request));
  }

  /** A machine that is healthy gives back what was taken in the name of its seat. */
  private giveBack(seat: string): void {
    const held = this.bed.contents.objects.get(keys.permit);
    if (!held) return;
    const permit = JSON.parse(held.body) as Permit;
    if (permit.holder !== seat || permit.purpose !== "give-up") return;
    this.bed.contents.put(keys.permit, JSON.stringify({ ...permit, until: new Date(this.bed.now).toISOString() }));
  }
}
