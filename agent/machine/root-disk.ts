import { paths } from "../kubernetes/paths";
import type { Place } from "../pki/place";

/** What a disk answers that will not get better by itself. */
const faults = ["EIO", "EROFS", "EUCLEAN"];

/** Why nothing can be written to the root disk; undefined when it can. */
export async function rootDiskFault(place: Place): Promise<string | undefined> {
  try {
    await place.write({ path: paths.probe, mode: "0600", owner: "root:root" }, "");
    return undefined;
  } catch (reason) {
    const { code = "" } = reason as NodeJS.ErrnoException;
    return faults.includes(code) ? `the root disk takes no more writes: ${code}` : undefined;
  }
}
