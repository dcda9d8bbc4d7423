import { basename } from "node:path";
import type { Machine } from "./machine";
import { filesOf, isIgnition } from "./user-data";

/** One line of a journal. */
export interface Entry {
  readonly message: string;
  /** Seconds of the monotonic clock. */
  readonly at: number;
}

export function journal(machine: Machine, unit: string): readonly Entry[] {
  const { stdout } = machine.exec("journalctl", "--unit", unit, "--output", "json", "--no-pager");
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { MESSAGE: string; __MONOTONIC_TIMESTAMP: string })
    .map((line) => ({ message: line.MESSAGE, at: Number(line.__MONOTONIC_TIMESTAMP) / 1e6 }));
}

/** Seconds of the monotonic clock at which systemd had started all of the machine; none while it still does. */
export function startedUp(machine: Machine): number | undefined {
  const value = Number(property(machine, undefined, "FinishTimestampMonotonic"));
  return value > 0 ? value / 1e6 : undefined;
}

export function property(machine: Machine, unit: string | undefined, name: string): string {
  return machine.exec("systemctl", "show", "--property", name, "--value", ...(unit === undefined ? [] : [unit])).stdout.trim();
}

/** Everything that user-data asks for and the machine does not have, in a sentence each. */
export function missing(machine: Machine): readonly string[] {
  const { userData } = machine.plan;
  return [
    ...wrongFiles(machine),
    ...(isIgnition(userData) ? wrongUnits(machine, userData) : notEnabled(machine, userData)),
    ...failed(machine),
  ];
}

function wrongFiles(machine: Machine): string[] {
  return Object.entries(filesOf(machine.plan.userData)).flatMap(([path, text]) => {
    const { status, stdout } = machine.exec("cat", path);
    return status === 0 && stdout === text ? [] : [`${path} is not what user-data says`];
  });
}

/** cloud-init knows no units: what says when to start is to be enabled. */
function notEnabled(machine: Machine, userData: string): string[] {
  const started = Object.entries(filesOf(userData)).filter(
    ([path, text]) => path.startsWith("/etc/systemd/system/") && text.includes("[Install]"),
  );
  return started.flatMap(([path]) => {
    const state = machine.exec("systemctl", "is-enabled", basename(path)).stdout.trim();
    return state === "enabled" ? [] : [`${basename(path)} is ${state}, not enabled`];
  });
}

interface IgnitionUnits {
  readonly storage: { readonly files: readonly { readonly path: string; readonly mode?: number }[] };
  readonly systemd: { readonly units: readonly { readonly name: string; readonly enabled?: boolean; readonly mask?: boolean }[] };
}

function wrongUnits(machine: Machine, userData: string): string[] {
  const { systemd, storage } = JSON.parse(userData) as IgnitionUnits;
  const units = systemd.units.flatMap(({ name, enabled, mask }) => {
    const state = machine.exec("systemctl", "is-enabled", name).stdout.trim();
    const wanted = mask ? ["masked"] : enabled ? ["enabled"] : ["static", "disabled"];
    return wanted.includes(state) ? [] : [`${name} is ${state}, not ${wanted.join(" or ")}`];
  });
  const modes = storage.files.flatMap(({ path, mode = 0o644 }) => {
    const found = machine.exec("stat", "-c", "%a %U:%G", path).stdout.trim();
    return found === `${mode.toString(8)} root:root` ? [] : [`${path} is ${found}`];
  });
  return [...units, ...modes];
}

function failed(machine: Machine): string[] {
  const list = machine.exec("systemctl", "--failed", "--plain", "--no-legend", "--full").stdout;
  return list
    .split("\n")
    .filter(Boolean)
    .map((line) => `${line.split(" ")[0]} failed`);
}
