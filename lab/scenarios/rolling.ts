import { createHash } from "node:crypto";
import { roleConfigurationText } from "../../constructs/node/role-configuration";
import { roleConfiguration, type RoleConfiguration } from "../../constructs/spec/role-configuration";
import type { Role } from "../../constructs/spec/roles";
import { rollout as rolloutSchema, type Rollout } from "../../constructs/spec/store";
import { monotonic } from "../machine";
import type { Cluster } from "./cluster";

/** One version of a roll-out's record, and when it was first seen, in seconds of the monotonic clock. */
export interface Recorded {
  readonly at: number;
  readonly role: Role;
  readonly rollout: Rollout;
}

export interface Followed {
  /** Every version of the records that was seen, in its order. */
  readonly records: readonly Recorded[];
  /** The most machines of the control plane that did not serve at once, each for a second and more. */
  readonly downAtOnce: number;
  /** The most workers that did not. */
  readonly workersDownAtOnce: number;
}

/** As the pipeline does it: another body of `desired/<role>`. @returns its digest */
export async function desire(
  { lab }: Cluster,
  role: Role,
  change: (configuration: RoleConfiguration) => RoleConfiguration,
): Promise<string> {
  const before = roleConfiguration.parse(JSON.parse((await lab.bucket.get(`desired/${role}`)) ?? ""));
  const text = roleConfigurationText(change(before));
  await lab.bucket.put(`desired/${role}`, text);
  return createHash("sha256").update(text).digest("hex");
}

/** Puts back what the pipeline wanted before, when the work is done. */
export async function keeping<T>({ lab }: Cluster, keys: readonly string[], work: () => Promise<T>): Promise<T> {
  const before = await Promise.all(keys.map(async (key) => [key, (await lab.bucket.get(key)) ?? ""] as const));
  try {
    return await work();
  } finally {
    for (const [key, body] of before) await lab.bucket.put(key, body);
  }
}

/** Roll-outs may begin whatever day it is. */
export function atAnyTime<T>(cluster: Cluster, work: () => Promise<T>): Promise<T> {
  const { bucket } = cluster.lab;
  return keeping(cluster, ["desired/repair"], async () => {
    const repair = JSON.parse((await bucket.get("desired/repair")) ?? "") as object;
    await bucket.put("desired/repair", JSON.stringify({ ...repair, windows: [] }));
    return work();
  });
}

export async function recordOf({ lab }: Cluster, role: Role): Promise<Rollout | undefined> {
  const text = await lab.bucket.get(`rollout/${role}`);
  return text === undefined ? undefined : rolloutSchema.parse(JSON.parse(text));
}

/** Looks at records and machines until the records are as wanted. @throws Error with the last records when they are not in time */
export async function follow(
  cluster: Cluster,
  roles: readonly Role[],
  done: (records: ReadonlyMap<Role, Rollout>) => boolean,
  seconds: number,
): Promise<Followed> {
  const records: Recorded[] = [];
  const last = new Map<Role, Rollout>();
  const down = { plane: 0, workers: 0 };
  const ended = new AbortController();
  const looking = lookAtMachines(cluster, down, ended.signal);
  try {
    for (const end = monotonic() + seconds; ;) {
      for (const role of roles) {
        const rollout = await recordOf(cluster, role);
        if (rollout === undefined || JSON.stringify(rollout) === JSON.stringify(last.get(role))) continue;
        last.set(role, rollout);
        records.push({ at: monotonic(), role, rollout });
      }
      if (done(last)) break;
      if (monotonic() > end) throw new Error(`not within ${seconds} s; the records are ${JSON.stringify([...last])}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  } finally {
    ended.abort();
    await looking;
  }
  return { records, downAtOnce: down.plane, workersDownAtOnce: down.workers };
}

/** One look: longer than a connection needs, shorter than any program needs to start again. */
const lookSeconds = 1;

async function lookAtMachines(cluster: Cluster, most: { plane: number; workers: number }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const conditions = cluster.wholeConditions(0).map((one) => ({ ...one }));
    const workers = new Set(cluster.workers().map(({ hostname }) => hostname));
    const seen = await cluster.watch("until", { conditions, seconds: lookSeconds });
    const missing = conditions.filter((_, index) => seen[index] === null);
    most.plane = Math.max(most.plane, missing.filter(({ kind }) => kind === "voter" || kind === "api").length);
    most.workers = Math.max(most.workers, missing.filter((one) => one.kind === "node" && workers.has(one.name)).length);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A change that no program minds: one more file in the component of the agent. */
export function harmless(configuration: RoleConfiguration): RoleConfiguration {
  const file = { path: "/etc/coppice/rolled", mode: "0644", owner: "root:root", text: `${Date.now()}\n` };
  return withComponent(configuration, "agent", (component) => ({
    ...component,
    files: [...component.files.filter(({ path }) => path !== file.path), file],
  }));
}

type Component = RoleConfiguration["components"][number];

export function withComponent(configuration: RoleConfiguration, name: string, change: (one: Component) => Component): RoleConfiguration {
  return { ...configuration, components: configuration.components.map((one) => (one.name === name ? change(one) : one)) };
}
