import { join } from "node:path";
import { CannotRun } from "../terraform/cannot-run";
import type { Environment } from "../terraform/find-program";
import { findProgram } from "../terraform/find-program";
import { hostOf } from "../constructs/spec/cidr";
import { platformOf } from "../stacks/platforms";
import { makeAuthority } from "./authority";
import { baseOf } from "./base";
import { builtPrograms } from "./bin/build";
import { builds, digests, pathOf } from "./builds";
import { startCloud, type Cloud } from "./cloud/cloud";
import { CloudController } from "./cloud-controller";
import { mirrorHost, type LabInput, type Size } from "./environment";
import { firewall, loadFirewall } from "./firewall";
import { Groups } from "./groups";
import { requireIgnition } from "./ignition";
import { boot, type World } from "./machine";
import { metadataAddress, outside, type Blocks } from "./network";
import { Operator } from "./operator";
import type { PlayedCloud } from "./played-cloud";
import type { Run } from "./run-folder";
import type { Bucket } from "./store/bucket";
import { firstMachines, planned, type Planned, type PlannedGroup } from "./synthesized";
import { Volumes } from "./volumes";

const programs: Readonly<Record<string, string>> = {
  "systemd-nspawn": "systemd-container",
  debootstrap: "debootstrap",
  ip: "iproute2",
  nft: "nftables",
  nsenter: "util-linux",
  losetup: "mount",
  openssl: "openssl",
};

/** @throws CannotRun with all that is missing on this computer */
export function requirePrograms(env: Environment, { store }: PlayedCloud): void {
  if (process.platform !== "linux" || process.getuid?.() !== 0) throw new CannotRun("machines need root on Linux", "run it as root");
  const missing = Object.entries(programs).filter(([program]) => findProgram([program], env) === undefined);
  if (missing.length > 0) {
    const names = missing.map(([program]) => program).join(", ");
    throw new CannotRun(`no ${names}`, `apt-get install ${missing.map(([, debian]) => debian).join(" ")}`);
  }
  requireIgnition();
  store.require(env);
}

export interface Options {
  readonly run: Run;
  readonly env: Environment;
  readonly played: PlayedCloud;
  readonly size: Size;
  /** By what all timers of repairs are multiplied. */
  readonly timerFactor: number;
  /** Whether one worker more comes from the variant of user-data that Debian's and Ubuntu's images take. */
  readonly throughCloudInit: boolean;
  readonly say: (text: string) => void;
  /** Told of what happens to machines while nobody waits for it. */
  readonly failed: (reason: unknown) => void;
}

/** A whole cloud with one cluster in it, before its first machine starts. */
export interface Lab {
  readonly run: Run;
  /** What the pipeline has applied. */
  readonly plan: Planned;
  readonly groups: Groups;
  readonly volumes: Volumes;
  /** The cluster's store, as its pipeline and people see it. */
  readonly bucket: Bucket;
  /** How the store and the metadata behave. */
  readonly cloud: Cloud;
  /** Who calls the API from beside the cluster. */
  readonly operator: Operator;
  readonly controller: CloudController;
  /** What befalls the root of the next machine of a name, before it starts. */
  readonly spoilt: Map<string, (root: string) => void>;
  /** Applies the same environment with more seats of etcd: their volumes, what is desired of every role, and their groups. */
  grow(seats: Size["seats"]): Promise<void>;
  /** Ends what runs in this process, and all machines. */
  stop(): Promise<void>;
}

export async function prepare(options: Options): Promise<Lab> {
  const { run, env, played, size, timerFactor, say } = options;
  const base = baseOf(env, say);
  const own = builds(env, base.packages, size.kubernetes ?? "1.35", say);
  const authority = makeAuthority(run.folder);
  const input = { authority: authority.certificate, builds: digests(own), timerFactor, ...size };
  const plannedIn = (folder: string, more: Partial<LabInput> = {}): Planned =>
    planned(played.reader, join(run.folder, folder), played.environment({ ...input, ...more }));
  let plan = plannedIn("synthesized");
  const extra = options.throughCloudInit
    ? [debianWorker(plannedIn("synthesized-debian", { debian: true, workers: size.workers + 1 }))]
    : [];
  const all = [...plan.groups, ...extra];

  const { cluster } = plan.environment;
  const { bucket: name, region, endpoint } = platformOf(cluster.placement).facts.node(cluster).store;
  const { address: apiAddress, port: apiPort } = plan.api;
  const fronts = {
    [new URL(endpoint).hostname]: outside.store,
    [played.apiHost(cluster)]: outside.api,
    [mirrorHost]: outside.mirror,
  };
  const balancer = plan.balancer?.addresses ?? [];
  const blocks: Blocks = { nodes: plan.nodes, pods: cluster.network.pods, balancer };
  played.wires.make(run, blocks);
  if (played.filters) loadFirewall(run, firewall(cluster, all.flatMap(firstMachines), balancer));

  const { gateway, bucket } = await played.store.start({ run, env, region, bucket: name });
  await bucket.make();
  const wanted = { ...plan.objects, ...played.byHand(cluster) };
  for (const [key, body] of Object.entries(wanted)) await bucket.put(key, body);

  const groups: Groups = new Groups(all, {
    boot: (machine) => boot(world, machine),
    brought: (machine) => void volumes.give(machine).catch(options.failed),
    gone: ({ instance }) => volumes.release(instance),
    failed: options.failed,
  });
  const volumes = new Volumes(run.folder, plan.volumes, played.plug, (instance) => groups.machineOf(instance));
  const cloud = await startCloud(
    run,
    {
      cloud: played.name,
      placement: cluster.placement,
      gateway,
      tls: authority.issue(Object.keys(fronts)),
      addresses: { ...outside, metadata: metadataAddress },
      ...(plan.balancer && { balancer: plan.balancer }),
      timerFactor,
      files: Object.fromEntries(own.map((build) => [pathOf(build), build.file])),
    },
    {
      instances: () => groups.instances(),
      volumes: () => volumes.rows(),
      attach: (call) => volumes.attach(call),
      detach: (call) => volumes.detach(call),
    },
    options.failed,
  );
  const spoilt: Lab["spoilt"] = new Map();
  const world: World = {
    run,
    base,
    played,
    blocks,
    cloud,
    hosts: { ...fronts, ...Object.fromEntries(played.apiNames(cluster).map((name) => [name, apiAddress])) },
    balanced: plan.balancer?.targets ?? [],
    starting({ name }, root) {
      spoilt.get(name)?.(root);
      spoilt.delete(name);
    },
    rebooted: (machine) => void volumes.plugInAgain(machine).catch(options.failed),
  };
  const operator = new Operator(
    run.folder,
    await played.wires.connect(run, operatorPlace(plan), blocks),
    `https://${apiAddress}:${apiPort}`,
    join(builtPrograms("kubernetes", env, say), "kubectl"),
    () => groups.machines.filter(({ plan: { role } }) => role === "master"),
  );
  const controller = new CloudController(run, played.wires, operator, () => groups.machines, options.failed);
  const grow = async (seats: Size["seats"]): Promise<void> => {
    const before = plan;
    const masters = before.environment.cluster.masters.seats;
    plan = plannedIn(`synthesized-${seats}`, { masters, seats });
    const isNew =
      <T>(of: (one: T) => string, known: readonly T[]) =>
      (one: T) =>
        !known.some((other) => of(other) === of(one));
    plan.volumes.filter(isNew(({ seat }) => seat, before.volumes)).forEach((volume) => volumes.add(volume));
    for (const [key, body] of Object.entries(plan.objects)) await bucket.put(key, body);
    await Promise.all(plan.groups.filter(isNew(({ name }) => name, before.groups)).map((group) => groups.add(group)));
  };
  const stop = async (): Promise<void> => {
    await controller.stop();
    await groups.stop();
  };
  return {
    run,
    get plan() {
      return plan;
    },
    grow,
    groups,
    volumes,
    bucket,
    cloud,
    operator,
    controller,
    spoilt,
    stop,
  };
}

/** Beside the seats of the first zone, where no seat is. */
function operatorPlace({ groups }: Planned) {
  const seat = groups.find(({ kind }) => kind === "seat")?.machine(0);
  if (!seat) throw new Error("an environment of the lab without seats");
  return { name: "operator", address: hostOf(seat.subnet, 200), subnet: seat.subnet };
}

/** Far behind the machines that a pool of several itself starts. */
const apart = 600;

/** The last worker of another environment, which has one more, as a group of its own. */
function debianWorker({ groups }: Planned): PlannedGroup {
  const pool = groups.filter(({ kind, size }) => kind === "pool" && size > 0).at(-1);
  if (!pool) throw new Error("an environment of the lab without workers");
  const one: PlannedGroup = {
    ...pool,
    name: "debian",
    size: 1,
    machine: (n) => ({ ...pool.machine((pool.size - 1) * apart + n), name: `debian-${n}`, group: one }),
  };
  return one;
}
