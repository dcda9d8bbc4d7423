import type * as z from "zod";
import type { seatRequest } from "../../constructs/spec/store";
import type { Action } from "../actions";
import { say } from "../log";
import type { Configuring } from "./machine";

/** Asks the reconcile run for a blank volume while the cloud says that the seat has none, and takes that back when it has one. */
export class VolumeRequest {
  /** Whether a request of this seat is in the store; an agent that has just started does not know. */
  private there: boolean | undefined;

  constructor(private readonly machine: Configuring) {}

  async look(action: Action): Promise<void> {
    const { cloud, objects, name, instance } = this.machine;
    const key = `requests/seats/${name}`;
    if (action.kind !== "wait" || action.request !== "volume") {
      if (this.there !== false && (await objects.delete(key)).kind === "deleted") this.there = false;
      return;
    }
    const volume = await cloud.seatVolume(name);
    const now = objects.now();
    // One that is on its way, or a cloud that does not answer, is no reason to ask.
    if (volume.kind !== "absent" || now === undefined || this.there) return;
    const request: z.input<typeof seatRequest> = {
      seat: name,
      want: "volume",
      machine: instance,
      reason: volume.reason,
      at: new Date(now).toISOString(),
    };
    const created = await objects.create(key, request);
    if (created.kind !== "written" && created.kind !== "conflict") return;
    this.there = true;
    say("a volume is asked for", { reason: volume.reason });
  }
}
