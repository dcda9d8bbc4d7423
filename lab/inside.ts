import { basename } from "node:path";
import type { Machine } from "./machine";
import { filesOf, isIgnition } from "./user-data";

export const agentUnit = "coppice-agent.service";

/** One line of a journal. */
export interface Entry {
  readonly message: string;
  /** Seconds of the monotonic clock. */
  readonly at: number;
}

export async function journal(machine: Machine, unit: string): Promise<readonly Entry[]> {
  const { stdout } = await machine.exec("journalctl", "--unit", unit, "--output", "json", "--no-pager");
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { MESSAGE: string; __MONOTONIC_TIMESTAMP: string })
    .map((line) => ({ message: line.MESSAGE, at: Number(line.__MONOTONIC_TIMESTAMP) / 1e6 }));
}

/** Seconds of the monotonic clock at which systemd had started all of the machine; none while it still does. */
export async function startedUp(machine: Machine): Promise<number | undefined> {
  const value = Number(await property(machine, undefined, "FinishTimestampMonotonic"));
  return value > 0 ? value / 1e6 : undefined;
}

export async function property(machine: Machine, unit: string | undefined, name: string): Promise<string> {
  const { stdout } = await machine.exec("systemctl", "show", "--property", name, "--value", ...(unit === undefined ? [] : [unit]));
  return stdout.trim();
}

/**
 * Everything that user-data asks for and the machine does not have, in a sentence each.
 * @param own units that the agent brings, in place of those of the system that user-data masks
 */
export async function missing(machine: Machine, own: ReadonlySet<string>): Promise<readonly string[]> {
  const { userData } = machine.plan;
  return [
    ...(await wrongFiles(machine)),
    ...(await (isIgnition(userData) ? wrongUnits(machine, userData, own) : notEnabled(machine, userData))),
    ...(await failed(machine)),
  ];
}

async function wrongFiles(machine: Machine): Promise<string[]> {
  const wrong: string[] = [];
  for (const [path, text] of Object.entries(filesOf(machine.plan.userData))) {
    const { status, stdout } = await machine.exec("cat", path);
    if (status !== 0 || stdout !== text) wrong.push(`${path} is not what user-data says`);
  }
  return wrong;
}

/** cloud-init knows no units: what says when to start is to be enabled. */
async function notEnabled(machine: Machine, userData: string): Promise<string[]> {
  const units = Object.entries(filesOf(userData)).filter(
    ([path, text]) => path.startsWith("/etc/systemd/system/") && text.includes("[Install]"),
  );
  return wrongStates(
    machine,
    units.map(([path]) => ({ name: basename(path), wanted: ["enabled"] })),
  );
}

interface IgnitionUnits {
  readonly storage: { readonly files: readonly { readonly path: string; readonly mode?: number }[] };
  readonly systemd: { readonly units: readonly { readonly name: string; readonly enabled?: boolean; readonly mask?: boolean }[] };
}

async function wrongUnits(machine: Machine, userData: string, own: ReadonlySet<string>): Promise<string[]> {
  const { systemd, storage } = JSON.parse(userData) as IgnitionUnits;
  const wanted = systemd.units
    .filter(({ name }) => !own.has(name))
    .map(({ name, enabled, mask }) => ({
      name,
      wanted: mask ? ["masked"] : enabled ? ["enabled"] : ["static", "disabled"],
    }));
  const modes: string[] = [];
  for (const { path, mode = 0o644 } of storage.files) {
    const found = (await machine.exec("stat", "-c", "%a %U:%G", path)).stdout.trim();
    if (found !== `${mode.toString(8)} root:root`) modes.push(`${path} is ${found}`);
  }
  return [...(await wrongStates(machine, wanted)), ...modes];
}

async function wrongStates(
  machine: Machine,
  units: readonly { readonly name: string; readonly wanted: readonly string[] }[],
): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, wanted } of units) {
    const state = (await machine.exec("systemctl", "is-enabled", name)).stdout.trim();
    if (!wanted.includes(state)) wrong.push(`${name} is ${state}, not ${wanted.join(" or ")}`);
  }
  return wrong;
}

async function failed(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.exec("systemctl", "--failed", "--plain", "--no-legend", "--full");
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => `${line.split(" ")[0]} failed`);
}
