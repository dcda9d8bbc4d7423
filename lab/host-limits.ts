import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/**
 * All machines share what this computer gives to its root user. A cluster of nine watches about 130 places with inotify; the
 * kernel's own limit is 128.
 */
const setting = "/proc/sys/fs/inotify/max_user_instances";
const enough = 4096;

const valueOf = (path: string): number => Number(readFileSync(path, "utf8"));

/** Raises the limit while machines run. @param note where the value is kept that was there before */
export function raiseLimits(note: string): void {
  if (valueOf(setting) >= enough) return;
  writeFileSync(note, String(valueOf(setting)));
  writeFileSync(setting, String(enough));
}

/** Puts back what was there before. */
export function restoreLimits(note: string): void {
  if (!existsSync(note)) return;
  writeFileSync(setting, String(valueOf(note)));
  rmSync(note);
}
