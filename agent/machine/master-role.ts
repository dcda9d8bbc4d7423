import { pauseImage } from "../../constructs/spec/versions";
import { adminApi, nodeApi, type Api } from "../kubernetes/api";
import { masterChores } from "../kubernetes/chores";
import { drain } from "../kubernetes/drain";
import { open } from "../kubernetes/report";
import { kubernetesTimes } from "../kubernetes/times";
import { waveRound, type WaveMaster } from "../kubernetes/wave-round";
import { say, sayOnce } from "../log";
import { machineClock } from "../pki/clock";
import { EpochFingerprints, EtcdFingerprints, type Fingerprints } from "../pki/fingerprints";
import { isRecordedInEtcd, type Purpose } from "../pki/purposes";
import { sourceOf } from "../pki/trust";
import { lookAndRoll, type RollMemory } from "../roll";
import { isApiServerReady } from "./api-server";
import { readDesired } from "./configuration";
import { watchHungUnits } from "./hung-units";
import { keysRound } from "./keys";
import { loop, sleep } from "./loop";
import type { Configuring } from "./machine";
import { masterLook } from "./master-look";
import { kubeletOf, writeEnvironment } from "./node";
import { plane } from "./plane";
import { Rolling } from "./rolling";
import { rootDiskFault } from "./root-disk";
import { SeatRequest } from "./seat-request";
import { storeProven } from "./store-proof";
import { systemctl } from "./systemd";
import { isThrough } from "./turn";

const rollEveryMs = 10_000;
/** Authorities change by rotation alone, and are trusted for a day before they sign. */
const authoritiesMs = 60_000;

/** The agent on a seat of the masters. */
export async function masterRole(machine: Configuring): Promise<void> {
  const { objects, cloud, configured, name, times, place, health } = machine;
  await Promise.all([writeEnvironment(machine), storeProven(machine)]);
  const recorded = { epoch: new EpochFingerprints(objects), etcd: new EtcdFingerprints(place, configured.value.seats.etcd) };
  const fingerprints = (purpose: Purpose): Fingerprints => (isRecordedInEtcd(purpose) ? recorded.etcd : recorded.epoch);
  void loop("keys", () => keysRound(machine, fingerprints));
  void loop("api-server", masterLook(machine));
  const master = {
    api: adminApi(place),
    objects,
    cloud,
    kubelet: kubeletOf(machine),
    configuration: configured.value,
    seat: name,
    node: machine.hostname,
    authorities: authoritiesOf(machine, recorded.etcd),
  };
  for (const { name: chore, round } of masterChores(master)) void loop(chore, round);
  watchHungUnits(machine);
  const rolling = new Rolling(
    machine,
    () => isApiServerReady(place),
    () => leave(machine),
  );
  const memory: RollMemory = {};
  const request = new SeatRequest(machine, async () => plane(configured.value, name, await isApiServerReady(place)));
  let opened = false;
  void loop("roll-out", async () => {
    if (health.state !== "starts") await lookAndRoll({ name, role: "master", objects, machine: rolling, times }, memory);
    const rootDisk = await rootDiskFault(place);
    await request.look(rootDisk === undefined ? undefined : { kind: "root-disk", reason: rootDisk });
    // An agent before this one may have closed the node.
    if (!opened && health.serves) opened = await open(master.api, machine.hostname);
    return rollEveryMs;
  });
  void loop("workers' roll-out", async () => {
    if (health.serves) sayOnce("workers' roll-out", { ...(await waveRound(waveMaster(machine, master.api))) });
    return rollEveryMs;
  });
}

/**
 * Takes the pods away, and then stops the API server, which drains by itself: it says that it is not ready, for longer than
 * load balancers need to see that, while everything else of the machine still works.
 */
async function leave({ place, hostname, configured }: Configuring): Promise<void> {
  const seconds = kubernetesTimes(configured.value.timerFactor).drain;
  say("drained", { ...(await drain(nodeApi(place), hostname, seconds, { monotonic: () => performance.now(), sleep })) });
  await systemctl("stop", "kube-apiserver.service");
}

function waveMaster(machine: Configuring, api: Api): WaveMaster {
  const { objects, store, identity, times, configured } = machine;
  const desired = () => readDesired(store, identity.cluster, "worker");
  return {
    api,
    objects,
    times,
    kubernetes: kubernetesTimes(configured.value.timerFactor),
    image: pauseImage(configured.value.kubernetes),
    desired: async () => {
      const read = await desired();
      return read.kind === "configured" ? read.configured.digest : undefined;
    },
    // A kubelet may not be newer than any API server: https://kubernetes.io/releases/version-skew-policy/#kubelet
    turn: async () => {
      const [masters, workers] = [await isThrough(machine, "master"), await desired()];
      return workers.kind === "configured" && masters?.kubernetes === workers.configured.value.kubernetes;
    },
  };
}

/** The cluster's CA with its keys, asked for once a minute at most. */
function authoritiesOf({ identity, objects }: Configuring, fingerprints: Fingerprints) {
  const purpose = "cluster/kubernetes" as const;
  const nursery = { cluster: identity.cluster, role: identity.role, objects, fingerprints, clock: machineClock(() => objects.now()) };
  let known: { readonly at: number; readonly source: Awaited<ReturnType<typeof sourceOf>> } | undefined;
  return async () => {
    const now = performance.now();
    if (known?.source.kind !== "settled" || now - known.at > authoritiesMs) known = { at: now, source: await sourceOf(nursery, purpose) };
    if (known.source.kind === "published") return { kind: "unborn", reason: "this machine may not read keys" };
    return known.source;
  };
}
