import { readFile } from "node:fs/promises";
import { machineIdentity, type MachineIdentity } from "../../constructs/spec/store";
import { machineFile } from "./paths";

/** Who this machine is. @throws Error when user-data did not say so: there is nothing that an agent could do then */
export async function readIdentity(): Promise<MachineIdentity> {
  const parsed = machineIdentity.safeParse(JSON.parse(await readFile(machineFile, "utf8")));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`${machineFile} is not what user-data writes: ${problems.join("; ")}; replace the machine`);
}

/** Drawn by the kernel at every boot. */
export async function readBootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}
