import { say } from "../log";
import { metrics } from "../metrics";
import { notify, watchdogEveryMs } from "./systemd";

/** Longer than any round takes: restores and downloads are the longest. */
const roundAtMostMs = 45 * 60_000;
const againAfterErrorMs = 5_000;

/** Machines that began at once drift apart by this part of every wait, so that they do not race for ever. */
const spread = 0.2;

const rounds = new Map<string, number>();

/**
 * Runs rounds for ever. A round answers after how many milliseconds the next one begins. What nobody expected ends a round,
 * not the loop: it is said and counted, and the next round begins a little later.
 */
export async function loop(name: string, round: () => Promise<number>): Promise<never> {
  for (;;) {
    rounds.set(name, performance.now());
    metrics.add("coppice_agent_looks_total", 1, { loop: name });
    let wait = againAfterErrorMs;
    try {
      wait = await round();
    } catch (reason) {
      metrics.add("coppice_agent_failures_total", 1, { loop: name });
      say("a round ended in an error", { loop: name, error: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason) });
    }
    rounds.set(name, performance.now());
    await sleep(wait * (1 + spread * Math.random()));
  }
}

/** Answers systemd's watchdog as long as every loop goes round. */
export function startWatchdog(): void {
  setInterval(() => {
    const stuck = [...rounds].filter(([, at]) => performance.now() - at > roundAtMostMs).map(([name]) => name);
    if (stuck.length === 0) void notify("WATCHDOG=1");
    else say("a loop hangs; systemd will start the agent again", { loops: stuck });
  }, watchdogEveryMs);
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
