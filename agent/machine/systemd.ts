import { run } from "../run";

/** What a program said. Never throws: a machine that cannot run a program says so, and goes on. */
export interface Ran {
  readonly ok: boolean;
  readonly said: string;
}

export type Run = (program: string, args: readonly string[]) => Promise<Ran>;

export async function ran(program: string, args: readonly string[]): Promise<Ran> {
  const { code, out, said } = await run(program, args);
  return code === 0 ? { ok: true, said: out } : { ok: false, said };
}

export const systemctl = (...args: readonly string[]): Promise<Ran> => ran("systemctl", args);

export async function isActive(unit: string): Promise<boolean> {
  return (await systemctl("is-active", "--quiet", unit)).ok;
}

/** Tells systemd, as https://www.freedesktop.org/software/systemd/man/sd_notify.html says; outside of a unit it does nothing. */
export async function notify(...states: readonly string[]): Promise<void> {
  // The runtime has no datagram sockets of that kind.
  if (process.env["NOTIFY_SOCKET"] !== undefined) await ran("systemd-notify", [...states]);
}

/** A third of the `WatchdogSec` of the agent's units. */
export const watchdogEveryMs = 20_000;
