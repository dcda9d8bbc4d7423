import type { Cluster } from "./cluster";
import { readState } from "./status-state";
import { duration, table } from "./table";
import { missing, type Missing } from "./wait-missing";

export interface WaitOptions {
  readonly timeoutSeconds: number;
  readonly say: (line: string) => void;
  /** Between two looks. @default 5 */
  readonly everySeconds?: number;
}

/**
 * Waits until a cluster is whole by the word of its machines: every etcd seat a healthy voter of the running epoch, every
 * master ready, and the way in for workers open.
 * @returns what was missing at the end, empty when the cluster is whole
 */
export async function wait(cluster: Cluster, { timeoutSeconds, say, everySeconds = 5 }: WaitOptions): Promise<readonly Missing[]> {
  const begun = performance.now();
  const passed = (): number => (performance.now() - begun) / 1000;
  for (let before = ""; ;) {
    const lacks = missing(cluster, await readState(cluster));
    if (lacks.length === 0) {
      say(`${cluster.spec.name} is whole, after ${duration(passed())}`);
      return lacks;
    }
    const line = lacks.map(({ what }) => what).join("; ");
    // The same again is worth a dot of a line, so that nobody thinks it hangs.
    say(line === before ? `${duration(passed())}: as before` : `${duration(passed())}: ${line}`);
    before = line;
    if (passed() + everySeconds > timeoutSeconds) return lacks;
    await new Promise((resolve) => setTimeout(resolve, everySeconds * 1000));
  }
}

/** What is missing and what a person can do, in two columns. */
export function missingText(lacks: readonly Missing[]): string {
  return ["not whole:", ...table(lacks.map(({ what, then }) => [`  ${what}`, then]))].join("\n");
}

/** `90s`, `30m`, `2h` in seconds. @throws Error for anything else */
export function seconds(text: string): number {
  const [, number, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`"${text}" is no duration, such as 90s, 30m or 2h`);
  return Number(number) * { s: 1, m: 60, h: 3600 }[unit as "s" | "m" | "h"];
}
