import { parse } from "yaml";
import type { Role } from "../../constructs/spec/roles";
import { flagsOf, settingsOf, type Synthesized } from "./synthesized";

/** PASS and FAIL are seen in the synthesized text; every WARN and every "not applicable" has its reason. */
export type Verdict = "PASS" | "FAIL" | { readonly warn: string } | { readonly notApplicable: string };
export type Machines = Readonly<Record<Role, Synthesized>>;

export interface Row {
  readonly id: string;
  /** Scored by the benchmark; all others are for people to judge. */
  readonly automated: boolean;
  readonly verdict: (machines: Machines) => Verdict;
}

const verdict = (holds: boolean): Verdict => (holds ? "PASS" : "FAIL");

/** `A` and `M` are how the benchmark marks automated and manual checks. */
export const row = (id: string, kind: "A" | "M", of: (machines: Machines) => Verdict | boolean): Row => ({
  id,
  automated: kind === "A",
  verdict: (machines) => {
    const found = of(machines);
    return typeof found === "boolean" ? verdict(found) : found;
  },
});

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
}

/** Files and folders of a machine, whoever writes them. */
function entries(machine: Synthesized): readonly Entry[] {
  return [
    ...machine.files,
    ...machine.folders,
    ...machine.configuration.agentFiles,
    ...machine.configuration.components
      .flatMap((component) => component.units)
      .map((unit) => ({ path: `/etc/systemd/system/${unit.name}`, mode: unit.mode, owner: "root:root" })),
    ...machine.units.flatMap((unit) => {
      const settings = settingsOf(unit);
      const owner = `${settings.get("User")?.[0] ?? "root"}:${settings.get("Group")?.[0] ?? "root"}`;
      const folders = settings.get("StateDirectory") ?? [];
      return folders.map((path) => ({ path: `/var/lib/${path}`, mode: settings.get("StateDirectoryMode")?.[0] ?? "0755", owner }));
    }),
    // client-go writes every kubeconfig so: tools/clientcmd/config.go, WriteToFile.
    { path: "/etc/kubernetes/kubelet.conf", mode: "0600", owner: "root:root" },
  ];
}

function entry(machine: Synthesized, path: string): Entry | undefined {
  return entries(machine).find((one) => one.path === path);
}

export const within = (mode: string, limit: number): boolean => (parseInt(mode, 8) & ~limit) === 0;

export const mode =
  (role: Role, path: string, limit = 0o600) =>
  (machines: Machines) => {
    const found = entry(machines[role], path);
    return found !== undefined && within(found.mode, limit);
  };
export const owner =
  (role: Role, path: string, wanted = "root:root") =>
  (machines: Machines) =>
    entry(machines[role], path)?.owner === wanted;

export const flag = (machines: Machines, role: Role, program: string, name: string): string | undefined => {
  const unit = machines[role].units.find((one) => one.name === `${program}.service`);
  return unit && flagsOf(unit).get(name);
};
type Demand = (value: string | undefined) => boolean;
export const set: Demand = (value) => value !== undefined && value !== "";
export const unset: Demand = (value) => value === undefined;
export const is =
  (wanted: string): Demand =>
  (value) =>
    value === wanted;
export const isNot =
  (wanted: string): Demand =>
  (value) =>
    value !== wanted;
export const has =
  (word: string): Demand =>
  (value) =>
    value?.split(",").includes(word) ?? false;
export const lacks =
  (word: string): Demand =>
  (value) =>
    !has(word)(value);
export const atLeast =
  (least: number): Demand =>
  (value) =>
    Number(value) >= least;
export const only =
  (allowed: readonly string[]): Demand =>
  (value) =>
    value?.split(",").every((one) => allowed.includes(one)) ?? false;

export const demands = (role: Role, program: string) => (wanted: Readonly<Record<string, Demand>>) => (machines: Machines) =>
  Object.entries(wanted).every(([name, holds]) => holds(flag(machines, role, program, name)));
export const api = demands("master", "kube-apiserver");
export const controllers = demands("master", "kube-controller-manager");
export const scheduler = demands("master", "kube-scheduler");
export const etcd = demands("etcd", "etcd");

export const pki = (of: (path: string) => boolean, holds: (one: Entry) => boolean) => (machines: Machines) => {
  const found = entries(machines.master).filter((one) => /^\/etc\/kubernetes\/pki(\/|$)/.test(one.path) && of(one.path));
  return found.length > 0 && found.every(holds);
};

/** A value of the kubelet's configuration, on every machine that has a kubelet. */
export const kubelet = (path: string, holds: (value: unknown) => boolean) => (machines: Machines) =>
  (["master", "worker"] as const).every((role) => {
    const file = machines[role].files.find((one) => one.path === "/var/lib/kubelet/config.yaml");
    const value = path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], parse(file?.text ?? ""));
    return holds(value);
  });

export const kubeProxy = (holds: (machines: Machines) => boolean) => (machines: Machines) => {
  const runs = machines.worker.units.some((one) => one.name === "kube-proxy.service");
  return runs ? holds(machines) : { notApplicable: "Cilium takes the place of kube-proxy" };
};
