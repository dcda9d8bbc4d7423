import { spawnSync } from "child_process";

/** CPU seconds, user and system, of a command and all that it starts; the figure to compare on a machine that others use too. */
export function cpuSeconds(command: string, environment: Readonly<Record<string, string>> = {}): number {
  const child = spawnSync("bash", ["-c", `${command} >/dev/null; code=$?; times; exit $code`], {
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1", CI: "1", DISABLE_VERSION_CHECK: "1", ...environment },
  });
  if (child.status !== 0) throw new Error(`${command} failed (${child.status}): ${child.stderr}`);
  const [user, system] = /.*\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s/.exec(child.stdout)?.slice(1).reduce<number[]>(minutes, []) ?? [];
  if (user === undefined || system === undefined) throw new Error(`${command}: bash told no times: ${child.stdout}`);
  return user + system;
}

function minutes(seconds: number[], text: string, index: number): number[] {
  return index % 2 === 0 ? [...seconds, Number(text) * 60] : [...seconds.slice(0, -1), (seconds.at(-1) ?? 0) + Number(text)];
}

/** The median of several runs, warm: the first one, which fills caches, does not count. */
export function medianCpuSeconds(command: string, runs: number, environment?: Readonly<Record<string, string>>): number {
  cpuSeconds(command, environment);
  return median(Array.from({ length: runs }, () => cpuSeconds(command, environment)));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
