import { access } from "node:fs/promises";
import { ran, type Run } from "./systemd";

/** Debian Policy 9.12; Ubuntu's packages do the same. */
const flag = "/run/reboot-required";
/** `CURRENT_OP=…`, as https://www.flatcar.org/docs/latest/setup/releases/update-strategies/ lists the states. */
const applied = /^CURRENT_OP=UPDATE_STATUS_UPDATED_NEED_REBOOT$/m;

/**
 * Why the operating system wants to start again: an update is in place and waits for it. Flatcar's update engine answers by
 * its own client, Debian and Ubuntu by a file; where neither is there, nothing is ever wanted.
 */
export async function wantedRestart(run: Run = ran, file: string = flag): Promise<string | undefined> {
  const engine = await run("update_engine_client", ["-status"]);
  if (engine.ok && applied.test(engine.said)) return "an update of the operating system is on the other partition";
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  return isThere ? "packages were updated that need a restart" : undefined;
}

/** What a look costs is a process: once a minute is soon enough. */
const everyMs = 60_000;

/** `wantedRestart`, asked as often as anybody likes. */
export function restartWatch(look: () => Promise<string | undefined>, monotonic: () => number = () => performance.now()) {
  let at = -Infinity;
  let known: Promise<string | undefined> = Promise.resolve(undefined);
  return (): Promise<string | undefined> => {
    if (monotonic() - at >= everyMs) {
      at = monotonic();
      known = look();
    }
    return known;
  };
}
