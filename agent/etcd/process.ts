import { run } from "../run";

export interface ProcessState {
  /** Started, and not stopped: at this moment it may be between two attempts. */
  readonly running: boolean;
  /** Attempts that have ended since it was started. */
  readonly ended: number;
  /** What the last attempt left with, while there is no other one. */
  readonly exit?: number;
}

/** What starts programs on a machine, and starts them again when they end. */
export interface Processes {
  /** Does not wait until it serves: a member serves only with a quorum. */
  start(unit: string): Promise<void>;
  /** It has ended when this returns. @throws Error when it has not */
  stop(unit: string): Promise<void>;
  state(unit: string): Promise<ProcessState>;
  /** What its last attempt wrote. */
  lastWords(unit: string): Promise<string>;
}

const properties = ["ActiveState", "SubState", "NRestarts", "ExecMainCode", "ExecMainStatus"];
/** `CLD_EXITED`: it ended by itself, and by no signal. */
const exited = "1";
/** The trace of a panic has hundreds of lines, and its reason is the first. */
const lines = 1000;

/** systemd, by its own tools. */
export const systemd: Processes = {
  async start(unit) {
    const done = await run("systemctl", ["start", "--no-block", unit]);
    if (done.code !== 0) throw new Error(`systemctl start ${unit}: ${done.said}`);
  },

  async stop(unit) {
    const done = await run("systemctl", ["stop", unit]);
    if ((await systemd.state(unit)).running) throw new Error(`${unit} does not stop: ${done.said}`);
  },

  async state(unit) {
    const shown = await run("systemctl", ["show", unit, ...properties.map((property) => `--property=${property}`)]);
    if (shown.code !== 0) throw new Error(`systemctl show ${unit}: ${shown.said}`);
    return parseState(shown.out);
  },

  // Of that one process: what earlier ones said may have been of data that are long replaced.
  async lastWords(unit) {
    const process = (await run("systemctl", ["show", unit, "--property=ExecMainPID", "--value"])).out.trim();
    const from = ["--boot", `_SYSTEMD_UNIT=${unit}`, `_PID=${process}`];
    return (await run("journalctl", ["--quiet", "--output=cat", `--lines=${lines}`, ...from])).out;
  },
};

export function parseState(shown: string): ProcessState {
  const values = new Map(shown.split("\n").map((line) => line.split("=", 2) as [string, string]));
  const waits = values.get("SubState")?.startsWith("auto-restart") ?? false;
  return {
    running: !["inactive", "failed"].includes(values.get("ActiveState") ?? "inactive"),
    ended: Number(values.get("NRestarts") ?? 0) + (waits ? 1 : 0),
    ...(waits && values.get("ExecMainCode") === exited ? { exit: Number(values.get("ExecMainStatus")) } : {}),
  };
}
