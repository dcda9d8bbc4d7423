import type { Role } from "../../constructs/spec/roles";
import { say, sayOnce } from "../log";
import { scaled, timing } from "../timing";
import { Bringing, type Missing } from "./apply";
import { bootConfiguration, keepConfiguration, keptConfiguration, type Configured } from "./configuration";
import { sleep } from "./loop";
import type { Configuring, Machine } from "./machine";
import { isRefused, ownBundle } from "./own-bundle";

const againMs = 2_000;

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
  const bringing = new Bringing(machine.place, machine.depot, configured.value);
  const missing = await bringing.settle();
  await keepConfiguration(machine.place, configured);
  say("configuration settled", { configuration: configured.digest, missing });
  return { programs: startAll(bringing, missing) };
}

async function startAll(bringing: Bringing, unsettled: Missing): Promise<void> {
  for (let missing = await bringing.start(); ; missing = [...(await bringing.settle()), ...(await bringing.start())]) {
    sayOnce("configuration applied", { missing });
    if (missing.length === 0 && unsettled.length === 0) return;
    unsettled = [];
    await sleep(againMs);
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
