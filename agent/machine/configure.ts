import type { Role } from "../../constructs/spec/roles";
import { share, tidy, type Depot } from "../artifacts";
import { say, sayOnce } from "../log";
import { scaled, timing } from "../timing";
import { Bringing, type Missing } from "./apply";
import { bootConfiguration, keepConfiguration, keptConfiguration, type Configured } from "./configuration";
import { sleep } from "./loop";
import type { Configuring, Machine } from "./machine";
import { isRefused, ownBundle } from "./own-bundle";

const againMs = 2_000;
/** What others may need later waits until this machine is likely to serve, and machines that began at once drift apart. */
const shareAfterMs = 30_000;

/** Asks until it is known what this machine is and what it runs, and runs it. Ends the program where another bundle has to do that. */
export async function configure(machine: Machine): Promise<Configuring> {
  const { identity, health } = machine;
  const self = await untilKnown(machine);
  const name = identity.role === "worker" ? self.instance : identity.name;
  health.state = "fetches its configuration";
  const wanted = await untilConfigured(machine, name);
  const kept = (await isRefused(wanted.value.agent)) ? await keptConfiguration(identity.cluster, identity.role) : undefined;
  const configured = kept ?? wanted;
  const own = await ownBundle(machine, configured.value.agent);
  if (own === "replaced") process.exit(0);
  if (own !== "same") say("runs with another bundle than its configuration names", own);
  const all = {
    ...machine,
    ...self,
    configured,
    fellBack: kept && wanted.digest,
    name,
    times: scaled(timing, configured.value.timerFactor),
  };
  health.state = "applies its configuration";
  return { ...all, ...(await bringTo(machine, configured)) };
}

/**
 * Writes what a configuration asks for, and then brings and starts its programs. What cannot be had now is asked for again.
 * @returns when all of the programs are there
 */
async function bringTo(machine: Machine, configured: Configured): Promise<{ readonly programs: Promise<void> }> {
  await tidy(machine.depot);
  const bringing = new Bringing(machine.place, machine.depot, configured.value);
  const missing = await bringing.settle();
  await keepConfiguration(machine.place, configured);
  say("configuration settled", { configuration: configured.digest, missing });
  return { programs: startAll(bringing, machine.depot, missing) };
}

async function startAll(bringing: Bringing, depot: Depot, unsettled: Missing): Promise<void> {
  const first = await bringing.start();
  void shareAll(depot);
  for (let missing = first; ; missing = [...(await bringing.settle()), ...(await bringing.start())]) {
    sayOnce("configuration applied", { missing });
    if (missing.length === 0 && unsettled.length === 0) return;
    unsettled = [];
    await sleep(againMs);
  }
}

/** A store that is away gets it later; until then others ask upstream, as this machine did. */
async function shareAll(depot: Depot): Promise<void> {
  for (let failed: readonly string[] | undefined; failed === undefined || failed.length > 0;) {
    await sleep(shareAfterMs * (1 + Math.random()));
    failed = await share(depot).catch((reason: unknown) => [String(reason)]);
    if (failed.length > 0) sayOnce("could not put artifacts into the store", { failed });
  }
}

async function untilKnown({ cloud }: Machine): Promise<Pick<Configuring, "instance" | "address" | "hostname" | "providerId">> {
  for (;;) {
    const self = await cloud.self();
    if (self.kind === "known") return self.value;
    sayOnce("waits for its identity", { reason: self.reason });
    await sleep(againMs);
  }
}

/** The store's word counts; what was applied last stands in for a store that is away, and only for that. */
async function untilConfigured({ identity, store, objects }: Machine, name: string): Promise<Configured> {
  const { cluster, role }: { cluster: string; role: Role } = identity;
  for (;;) {
    const fetched = await bootConfiguration(store, objects, cluster, role, name);
    if (fetched.kind === "configured") return fetched.configured;
    sayOnce("waits for its configuration", { reason: fetched.reason, halt: fetched.kind === "refused" });
    const kept = fetched.kind === "missing" ? await keptConfiguration(cluster, role) : undefined;
    if (kept) return kept;
    await sleep(againMs);
  }
}
