import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restartWatch, wantedRestart } from "../../../agent/machine/system-restart";
import type { Run } from "../../../agent/machine/systemd";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "restart-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** As `update_engine_client -status` prints it. */
const engine =
  (operation: string): Run =>
  (program) =>
    Promise.resolve({
      ok: program === "update_engine_client",
      said: `LAST_CHECKED_TIME=1480682339\nPROGRESS=0.000000\nCURRENT_OP=${operation}\nNEW_VERSION=0.0.0.0\nNEW_SIZE=213129575\n`,
    });
const none: Run = () => Promise.resolve({ ok: false, said: "spawn update_engine_client ENOENT" });

test.each([
  [
    "Flatcar's update is in place",
    engine("UPDATE_STATUS_UPDATED_NEED_REBOOT"),
    false,
    "an update of the operating system is on the other partition",
  ],
  ["Flatcar's update is on its way", engine("UPDATE_STATUS_DOWNLOADING"), false, undefined],
  ["Flatcar has none", engine("UPDATE_STATUS_IDLE"), false, undefined],
  ["Debian's packages ask for it", none, true, "packages were updated that need a restart"],
  ["nobody asks for it", none, false, undefined],
])("%s", async (_, run, flag, expected) => {
  const file = join(folder, "reboot-required");
  if (flag) writeFileSync(file, "*** System restart required ***\n");
  expect(await wantedRestart(run, file)).toBe(expected);
});

test("it is looked at once a minute", async () => {
  let [now, looks] = [0, 0];
  const wanted = restartWatch(
    () => Promise.resolve(`${++looks}`),
    () => now,
  );
  expect([await wanted(), await wanted()]).toEqual(["1", "1"]);
  now = 60_000;
  expect(await wanted()).toBe("2");
});
