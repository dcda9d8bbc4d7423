import type { Role } from "../../constructs/spec/roles";
import { say, sayOnce } from "../log";
import { scaled, timing } from "../timing";
import { apply, restart } from "./apply";
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
  const all = { ...machine, ...self, configured, fellBack: kept !== undefined, name, times: scaled(timing, configured.value.timerFactor) };
  health.state = "applies its configuration";
  await bringTo(all, configured);
  return all;
}

/** Applies a configuration and starts what changed. What cannot be had now is asked for again in the background. */
export async function bringTo(machine: Machine, configured: Configured): Promise<void> {
  const { place, depot } = machine;
  const outcome = await apply(place, depot, configured.value);
  const failed = await restart(place, configured.value, outcome.changed);
  await keepConfiguration(place, configured);
  say("configuration applied", { configuration: configured.digest, changed: outcome.changed, missing: [...outcome.missing, ...failed] });
  if (outcome.missing.length + failed.length > 0) void again(machine, configured);
}

async function again(machine: Machine, configured: Configured): Promise<void> {
  await sleep(againMs);
  await bringTo(machine, configured);
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
