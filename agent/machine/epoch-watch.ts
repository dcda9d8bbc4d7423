import { readFile } from "node:fs/promises";
import { readEpoch } from "../epoch";
import { say } from "../log";
import type { Place } from "../pki/place";
import type { Objects } from "../store/objects";
import { systemctl } from "./systemd";

/** Gone with a reboot, as is everything that has started in it. */
const seenFile = "/run/coppice/epoch";

/** What holds in memory what it read from etcd: https://github.com/kubernetes/kubernetes/issues/107457 */
const readers = ["kube-apiserver.service", "kube-controller-manager.service", "kube-scheduler.service"];

/**
 * Starts the control plane of this master again when etcd serves another epoch than the one it has read: what it remembers of
 * the old one never was, or is no more. At once and without draining, since every answer may be wrong.
 * @returns the number of the epoch, once one serves
 */
export async function followEpoch(place: Place, objects: Objects): Promise<number | undefined> {
  const read = await readEpoch(objects);
  if (read.kind !== "found" || read.value.state !== "running") return undefined;
  const { number } = read.value;
  const seen = Number(await readFile(seenFile, "utf8").catch(() => "0"));
  if (seen === number) return number;
  if (seen !== 0) {
    say("etcd serves another epoch; the control plane starts again", { from: seen, to: number });
    for (const unit of readers) await systemctl("kill", "--signal=KILL", unit);
  }
  await place.write({ path: seenFile, mode: "0644", owner: "root:root" }, String(number));
  return number;
}
