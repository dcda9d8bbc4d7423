import { say } from "../log";
import { systemctl } from "../machine/systemd";
import { metrics } from "../metrics";

/** `busy` is what has a reason to be silent. */
export type Sign = "answers" | "silent" | "busy";

/** A unit whose hang systemd does not see. */
export interface WatchedUnit {
  readonly unit: string;
  /** Asks the program itself, and waits for `patienceMs` at most; what it depends on must not be in it. */
  readonly ask: (patienceMs: number) => Promise<Sign>;
}

/** Seconds, and a number of signs. */
export interface HungTimes {
  readonly askEvery: number;
  readonly silences: number;
  readonly betweenKills: number;
}

/** However short the timers of a lab are: a machine that is busy is slow, and not hung. */
const leastPatienceMs = 4_000;

export const hungTimes: HungTimes = { askEvery: 10, silences: 3, betweenKills: 300 };

export interface Units {
  /** Of a unit that systemd calls active. */
  mainProcess(unit: string): Promise<number | undefined>;
  kill(unit: string): Promise<{ readonly ok: boolean; readonly said: string }>;
}

/** By way of systemd, which starts again what is killed. */
export const units: Units = {
  async mainProcess(unit) {
    const { ok, said } = await systemctl("show", unit, "--property=ActiveState,MainPID");
    const process = Number(/^MainPID=(\d+)$/m.exec(said)?.[1] ?? 0);
    return ok && /^ActiveState=active$/m.test(said) && process > 0 ? process : undefined;
  },
  // The main process only: in the unit of containerd run the shims of all containers.
  kill: (unit) => systemctl("kill", "--kill-whom=main", "--signal=KILL", unit),
};

/**
 * Kills a program that runs and does not answer: three times 10 s of silence in a row, of one and the same process, and at
 * most once in 5 minutes. What is starting, and what refuses, does not hang.
 */
export class HungWatch {
  private silences = 0;
  private process: number | undefined;
  private killedAt: number | undefined;

  constructor(
    private readonly watched: WatchedUnit,
    private readonly timerFactor = 1,
    private readonly systemd: Units = units,
    private readonly monotonic: () => number = () => performance.now(),
    private readonly times: HungTimes = hungTimes,
  ) {}

  /** One look; answers after how many milliseconds to look again. */
  async round(): Promise<number> {
    const everyMs = Math.max(this.times.askEvery * this.timerFactor * 1000, leastPatienceMs);
    const { unit, ask } = this.watched;
    const process = await this.systemd.mainProcess(unit);
    if (process !== this.process || process === undefined) this.silences = 0;
    this.process = process;
    if (process === undefined) return everyMs;
    const sign = await ask(everyMs);
    this.silences = sign === "silent" ? this.silences + 1 : 0;
    if (this.silences >= this.times.silences) await this.kill(process);
    // A silence took as long as a wait does.
    return sign === "silent" ? 0 : everyMs;
  }

  private async kill(process: number): Promise<void> {
    const { unit } = this.watched;
    const now = this.monotonic();
    if (this.killedAt !== undefined && now - this.killedAt < this.times.betweenKills * this.timerFactor * 1000) return;
    // Silent is not gone: it may have ended by itself meanwhile, and another one started.
    if ((await this.systemd.mainProcess(unit)) !== process) return;
    this.killedAt = now;
    const { ok, said } = await this.systemd.kill(unit);
    metrics.add("coppice_hung_units_killed_total", 1, { unit });
    say("a unit hangs and is killed", { unit, process, silences: this.silences, ...(ok ? {} : { failed: said }) });
    this.silences = 0;
  }
}
