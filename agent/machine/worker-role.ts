import { nodeApi } from "../kubernetes/api";
import { drain } from "../kubernetes/drain";
import { joinWorker } from "../kubernetes/join";
import { kubernetesTimes } from "../kubernetes/times";
import { lookAtWorker } from "../kubernetes/worker-look";
import { nextBrokenness, requestReplacement, type Brokenness } from "../kubernetes/worker-request";
import { say, sayOnce } from "../log";
import { EpochFingerprints } from "../pki/fingerprints";
import { watchHungUnits } from "./hung-units";
import { keysRound } from "./keys";
import { loop, sleep } from "./loop";
import type { Configuring } from "./machine";
import { kubeletOf, writeEnvironment } from "./node";
import { endTrial } from "./own-bundle";
import { systemctl } from "./systemd";
import { WorkerRolling } from "./worker-rolling";

const joiningMs = 1_000;
const joinedMs = 15_000;
const lookMs = 5_000;
/** The clouds say so half a minute ahead, or more. */
const interruptionMs = 5_000;

/** The agent on a machine of a pool. */
export async function workerRole(machine: Configuring): Promise<void> {
  const { objects, place, cloud, hostname, instance, identity, configured, health } = machine;
  await writeEnvironment(machine);
  const host = kubeletOf(machine);
  const api = nodeApi(place);
  const times = kubernetesTimes(configured.value.timerFactor);
  const monotonic = (): number => performance.now();
  // A worker reads no keys: nothing of its own is ever recorded.
  void loop("keys", () => keysRound(machine, () => new EpochFingerprints(objects)));
  void loop("join", async () => {
    const done = await joinWorker(host, objects);
    sayOnce("join", { ...done });
    return done.kind === "kept" && done.joined ? joinedMs : joiningMs;
  });
  let broken: Brokenness | undefined;
  let servesSince: number | undefined;
  const rolling = new WorkerRolling(machine, api, () => (servesSince === undefined ? 0 : (monotonic() - servesSince) / 1000));
  void loop("roll-out", () => rolling.round());
  void loop("kubelet", async () => {
    const seen = await lookAtWorker(place);
    broken = nextBrokenness(broken, seen, monotonic());
    health.serves = seen.kubelet === "healthy" && seen.rootDisk === undefined;
    servesSince = health.serves ? (servesSince ?? monotonic()) : undefined;
    if (servesSince !== undefined && monotonic() - servesSince > machine.times.healthy * 1000) await endTrial();
    health.state = health.serves ? "run" : `wait: ${broken?.reason ?? "the kubelet has not joined yet"}`;
    const step = await requestReplacement({ objects, instance, pool: identity.name, monotonic, times }, broken);
    sayOnce("replacement", { ...step });
    if (step.kind !== "leave") return health.serves ? lookMs : joiningMs;
    sayOnce("drained", { ...(await drain(api, hostname, step.seconds, { monotonic, sleep })) });
    if (cloud.goes === "by power") await systemctl("poweroff");
    return lookMs;
  });
  watchHungUnits(machine);
  let leaving = false;
  void loop("interruption", async () => {
    const announced = await cloud.interruption();
    if (announced.kind === "known" && announced.value !== undefined && !leaving) {
      leaving = true;
      say("this machine is about to go", { reason: announced.value });
      say("drained", { ...(await drain(api, hostname, cloud.drainSeconds, { monotonic, sleep })) });
    }
    return interruptionMs;
  });
}
