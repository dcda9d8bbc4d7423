import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Preloaded into the agent of one machine of the lab: its clock is wrong by the seconds that stand in the file beside this
 * one. Clocks of other programs are the computer's, and so is the one that TLS compares certificates with.
 */
const Right = Date;
const now = (): number => Right.now() + 1000 * Number(readFileSync(join(dirname(__filename), "clock-seconds"), "utf8"));

globalThis.Date = new Proxy(Right, {
  construct: (right, parts: [] | [number]) => new right(...(parts.length === 0 ? ([now()] as const) : parts)),
  get: (right, name) => (name === "now" ? now : (Reflect.get(right, name) as unknown)),
});
