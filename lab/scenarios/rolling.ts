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
  /** The most machines of the control plane whose member or API server did not run at once. */
  readonly downAtOnce: number;
  /** The most workers whose kubelet did not. */
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

/** Looks at the records, and at machines, until the records are as wanted. @throws Error with the last records when they are not in time */
export async function follow(
  cluster: Cluster,
  roles: readonly Role[],
  done: (records: ReadonlyMap<Role, Rollout>) => boolean,
  seconds: number,
): Promise<Followed> {
  const records: Recorded[] = [];
  const last = new Map<Role, Rollout>();
  const down = await counted(cluster, async () => {
    for (const end = monotonic() + seconds; !done(last);) {
      if (monotonic() > end) throw new Error(`not within ${seconds} s; the records are ${JSON.stringify([...last])}`);
      for (const role of roles) {
        const rollout = await recordOf(cluster, role);
        if (rollout === undefined || JSON.stringify(rollout) === JSON.stringify(last.get(role))) continue;
        last.set(role, rollout);
        records.push({ at: monotonic(), role, rollout });
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  });
  return { records, ...down };
}

/** What every machine of a role is there for. Whether others get an answer from it also hangs on those others. */
const unitOf: Readonly<Record<Role, string>> = { etcd: "etcd.service", master: "kube-apiserver.service", worker: "kubelet.service" };

/** Counts machines whose program does not run, as long as the work goes on. */
export async function counted(cluster: Cluster, work: () => Promise<void>): Promise<Omit<Followed, "records">> {
  const most = { downAtOnce: 0, workersDownAtOnce: 0 };
  let over = false;
  const looking = (async () => {
    for (; !over; await new Promise((resolve) => setTimeout(resolve, 300))) {
      const looks = cluster.lab.groups.machines.map(async ({ plan: { role }, exec }) => {
        const { stdout } = await exec("systemctl", "is-active", unitOf[role]);
        return stdout.trim() === "active" ? [] : [role];
      });
      const down = (await Promise.all(looks)).flat();
      const workers = down.filter((role) => role === "worker").length;
      most.workersDownAtOnce = Math.max(most.workersDownAtOnce, workers);
      most.downAtOnce = Math.max(most.downAtOnce, down.length - workers);
    }
  })();
  try {
    await work();
  } finally {
    over = true;
    await looking;
  }
  return most;
}

/** Of masters none that drains: that takes as long as load balancers do, and scales with no factor of the agents. */
const changedIn: Readonly<Record<Role, string>> = { etcd: "etcd.service", master: "kube-scheduler.service", worker: "kubelet.service" };

/** A change that no program minds, but that each has to start again for. */
export function harmless(configuration: RoleConfiguration): RoleConfiguration {
  const line = `[Service]\nEnvironment=LAB_ROLLED=${Date.now()}\n`;
  const component = changedIn[configuration.role].replace(".service", "");
  return withComponent(configuration, component, (one) => ({
    ...one,
    units: one.units.map((unit) => ({ ...unit, text: unit.text.replace(/\[Service\]\n(Environment=LAB_ROLLED=\d+\n)?/, line) })),
  }));
}

type Component = RoleConfiguration["components"][number];

export function withComponent(configuration: RoleConfiguration, name: string, change: (one: Component) => Component): RoleConfiguration {
  return { ...configuration, components: configuration.components.map((one) => (one.name === name ? change(one) : one)) };
}

/** No node stays closed for new pods. */
export async function opened(cluster: Cluster): Promise<void> {
  for (const end = monotonic() + 60; ;) {
    const { status, text } = await cluster.lab.operator.ask("GET", "/api/v1/nodes");
    if (status === 200 && !text.includes('"unschedulable":true')) return;
    if (monotonic() > end) throw new Error("a node is still closed for new pods");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
