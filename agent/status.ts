import { seatStatus } from "../constructs/spec/store";
import type { SeatStatus } from "../constructs/spec/store";
import { keys } from "./store/keys";
import type { Objects } from "./store/objects";

export interface StatusMemory {
  status?: { readonly said: string; readonly at: number; readonly version: string } | undefined;
}

/**
 * Puts a seat's status into the store when what it says has changed, and else so many seconds after the last one, by the
 * store's clock. `changes` is that part of it whose change is worth an object.
 */
export async function publishStatus(
  objects: Objects,
  memory: StatusMemory,
  says: Omit<SeatStatus, "at">,
  changes: unknown,
  everySeconds: number,
): Promise<void> {
  const now = objects.now();
  if (now === undefined) return;
  const key = keys.status(says.seat);
  const said = JSON.stringify(changes);
  const before = memory.status;
  if (before?.said === said && now - before.at < everySeconds * 1000) return;
  const status: SeatStatus = { ...says, at: new Date(now).toISOString() };
  const written = before ? await objects.replace(key, status, before.version) : await objects.create(key, status);
  if (written.kind === "written") memory.status = { said, at: now, version: written.version };
  if (written.kind !== "conflict") return;
  const known = await objects.read(key, seatStatus);
  memory.status = known.kind === "found" || known.kind === "torn" ? { said: "", at: 0, version: known.version } : undefined;
}
