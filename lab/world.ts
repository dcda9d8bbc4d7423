import { join } from "node:path";
import { CannotRun } from "../emulated/cannot-run";
import { serverFolder } from "../emulated/emulator";
import type { Environment } from "../emulated/find-program";
import { findProgram } from "../emulated/find-program";
import { findPython } from "../emulated/find-python";
import { pythonEnvironment } from "../emulated/python-environment";
import { awsFacts } from "../constructs/platform/aws/facts";
import { makeAuthority } from "./authority";
import { baseFolder } from "./base";
import { builds, withBuilds, type Build } from "./builds";
import { startCloud } from "./cloud/cloud";
import { debianImage, labEnvironment, mirrorHost, type Size } from "./environment";
import { firewall, loadFirewall } from "./firewall";
import { requireIgnition } from "./ignition";
import type { World } from "./machine";
import { makeNetwork, metadataAddress, outside } from "./network";
import type { Run } from "./run-folder";
import { planned, type Planned, type PlannedMachine } from "./synthesized";
import { withFiles } from "./user-data";

const programs: Readonly<Record<string, string>> = {
  "systemd-nspawn": "systemd-container",
  debootstrap: "debootstrap",
  ip: "iproute2",
  nft: "nftables",
  nsenter: "util-linux",
  openssl: "openssl",
};

/** @throws CannotRun with all that is missing on this computer */
export function requirePrograms(env: Environment): void {
  if (process.platform !== "linux" || process.getuid?.() !== 0) throw new CannotRun("machines need root on Linux", "run it as root");
  const missing = Object.entries(programs).filter(([program]) => findProgram([program], env) === undefined);
  if (missing.length > 0) {
    const names = missing.map(([program]) => program).join(", ");
    throw new CannotRun(`no ${names}`, `apt-get install ${missing.map(([, debian]) => debian).join(" ")}`);
  }
  requireIgnition();
}

export interface Prepared extends World {
  readonly machines: readonly PlannedMachine[];
  /** A worker from the variant of user-data that Debian's and Ubuntu's images take. */
  readonly throughCloudInit: PlannedMachine;
}

/** Everything that machines need before the first one starts. */
export async function prepare(run: Run, env: Environment, size: Size, say: (text: string) => void): Promise<Prepared> {
  const base = baseFolder(env, say);
  const python = pythonEnvironment(join(serverFolder(), "requirements.txt"), findPython(env), env, say);
  const own = builds(env);
  const authority = makeAuthority(run.folder);
  const input = { authority: authority.certificate, ...size };
  const plan = planned(join(run.folder, "synthesized"), labEnvironment(input));
  const debian = planned(
    join(run.folder, "synthesized-debian"),
    labEnvironment({ ...input, image: debianImage, workers: size.workers + 1 }),
  );

  const { cluster } = plan.environment;
  const { store } = awsFacts.node(cluster);
  const storeHost = new URL(store.endpoint).hostname;
  const machines = plan.machines.map((machine) => withOwnBuilds(machine, own));
  const throughCloudInit = withOwnBuilds(lastWorker(debian), own);
  makeNetwork(run, cluster.network.nodes);
  loadFirewall(run, firewall(cluster, [...machines, throughCloudInit]));
  const cloud = await startCloud(run, {
    python,
    account: cluster.placement.account,
    region: store.region,
    bucket: store.bucket,
    tls: authority.issue([storeHost, mirrorHost]),
    addresses: { ...outside, metadata: metadataAddress },
    objects: Object.fromEntries(Object.entries(plan.objects).map(([key, text]) => [key, withBuilds(text, own)])),
    files: Object.fromEntries(own.map(({ path, file }) => [path, file])),
  });
  return { run, base, cloud, hosts: { [storeHost]: outside.store, [mirrorHost]: outside.mirror }, machines, throughCloudInit };
}

function withOwnBuilds(machine: PlannedMachine, own: readonly Build[]): PlannedMachine {
  return { ...machine, userData: withFiles(machine.userData, (text) => withBuilds(text, own)) };
}

function lastWorker({ machines }: Planned): PlannedMachine {
  const last = machines.at(-1);
  if (last?.role !== "worker") throw new Error("an environment of the lab without workers");
  return last;
}
