import { seatRequest, type SeatRequest as Asked } from "../../constructs/spec/store";
import { kubernetesTimes } from "../kubernetes/times";
import { say } from "../log";
import { acquirePermit, isTaken, mayNotDisturb, mayNotGiveUp, readPermit, releasePermit, type ControlPlane } from "../permit";
import type { Configuring } from "./machine";
import { ran, type Run } from "./systemd";
import { lasting, wanted, type Fault, type Lasting, type Want } from "./wants";

/**
 * What a seat's machine wants of others: another machine or another volume. Where a group brings the next machine, it goes by
 * its power, under the permit; what only the reconcile run can do, it asks for in the store, and that one takes the permit in
 * its name. It takes back what it no longer wants.
 */
export class SeatRequest {
  private known: Lasting | undefined;
  /** What is in the store, as far as this agent knows: one that has just started does not. */
  private there: string | undefined = "unknown";

  constructor(
    private readonly machine: Pick<Configuring, "cloud" | "objects" | "name" | "instance" | "configured" | "times">,
    private readonly plane: () => Promise<ControlPlane>,
    private readonly run: Run = ran,
  ) {}

  async look(fault: Fault | undefined): Promise<void> {
    const { cloud, objects, configured } = this.machine;
    const monotonic = objects.monotonic();
    this.known = lasting(this.known, fault, monotonic);
    const want = wanted(this.known, monotonic, kubernetesTimes(configured.value.timerFactor).broken);
    if (want?.want === "machine" && cloud.goes === "by power") await this.go(want.reason);
    else await this.ask(want);
  }

  private async ask(want: Want | undefined): Promise<void> {
    const { objects, name: seat, instance } = this.machine;
    const key = `requests/seats/${seat}`;
    if (JSON.stringify(want) === this.there) return;
    if (!want) {
      if ((await objects.delete(key)).kind === "deleted") this.there = undefined;
      return;
    }
    const before = await objects.read(key, seatRequest);
    if (before.kind !== "found" && before.kind !== "absent") return;
    const request: Asked = { seat, ...want, machine: instance, at: new Date(before.now).toISOString() };
    const written = before.kind === "found" ? await objects.replace(key, request, before.version) : await objects.create(key, request);
    if (written.kind !== "written") return;
    this.there = JSON.stringify(want);
    say("something is asked for", { ...want });
  }

  private async go(reason: string): Promise<void> {
    const { objects, name, times } = this.machine;
    const held = await readPermit(objects);
    // Of this seat too: what it is held for goes first.
    if (held.kind === "found" ? isTaken(held) : held.kind !== "absent") return;
    const { serves } = await this.plane();
    const acquired = await acquirePermit(objects, name, serves ? "disturb" : "give-up", reason, times.permit);
    if (acquired.kind !== "held") return;
    const plane = await this.plane();
    const mayNot = serves ? mayNotDisturb(plane, "update") : mayNotGiveUp(plane);
    if (mayNot !== undefined) {
      await releasePermit(objects, name);
      return;
    }
    say("this machine gives up", { reason });
    // Nothing is written any more on the way: the disk may take nothing.
    await this.run("systemctl", ["poweroff", "--force", "--force"]);
  }
}
