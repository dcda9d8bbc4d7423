import { readFile } from "node:fs/promises";
import * as z from "zod";
import { run, type Ran } from "../run";
import type { Known } from "./cloud";

/** What Terraform has written beside user-data, `guestinfo.coppice.machine`. */
export const guestMachine = z.object({
  name: z.string().min(1),
  zone: z.string().min(1),
  /** Of a seat; workers have theirs from DHCP. */
  address: z.ipv4().optional(),
});
export type GuestMachine = z.output<typeof guestMachine>;

/** VMware's own channel into a machine; no network is needed for it. */
export async function readGuestMachine(tools: (args: readonly string[]) => Promise<Ran> = vmtoolsd): Promise<Known<GuestMachine>> {
  const asked = await tools(["--cmd", "info-get guestinfo.coppice.machine"]);
  if (asked.code !== 0) return { kind: "unknown", reason: `vmtoolsd: ${asked.said}` };
  try {
    return { kind: "known", value: guestMachine.parse(JSON.parse(asked.out)) };
  } catch {
    return { kind: "unknown", reason: "guestinfo.coppice.machine is not what Terraform writes" };
  }
}

const vmtoolsd = (args: readonly string[]): Promise<Ran> => run("vmtoolsd", args);

/**
 * The UUID that the vCenter knows a machine by, from its serial number, `VMware-42 07 b5 e4 11 22 33 44-55 66 77 88 99 aa bb cc`;
 * as the kubelet's own driver used to read it (vsphere_util_linux.go). Another one for every clone.
 */
export async function readUuid(file = "/sys/class/dmi/id/product_serial"): Promise<Known<string>> {
  const digits = (await readFile(file, "utf8").catch(() => ""))
    .trim()
    .replace(/^VMware-/, "")
    .replace(/[ -]/g, "")
    .toLowerCase();
  const parts = /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/.exec(digits)?.slice(1);
  return parts ? { kind: "known", value: parts.join("-") } : { kind: "unknown", reason: `${file} holds no serial number of VMware` };
}
