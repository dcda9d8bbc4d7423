import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { labFile } from "../files";

/** Where the stand-in for VMware's tools finds a machine's values, and the hardware that the machine says it is of. */
const folder = "usr/lib/coppice-lab";

/** What VMware's hypervisor would show: settings through its own channel, and a serial number. @param uuid that the vCenter knows */
export function furnish(root: string, values: Readonly<Record<string, string>>, uuid: string): void {
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [key, value] of Object.entries(values)) put(`${folder}/guestinfo/${key}`, value);
  put(`${folder}/class/dmi/id/product_serial`, `${serialOf(uuid)}\n`);
  copyFileSync(labFile("vsphere", "vmtoolsd.sh"), join(root, "usr/bin/vmtoolsd"));
}

/** `4207b5e4-1122-3344-5566-778899aabbcc` → `VMware-42 07 b5 e4 11 22 33 44-55 66 77 88 99 aa bb cc` */
export function serialOf(uuid: string): string {
  const bytes = uuid.replaceAll("-", "").match(/../g) ?? [];
  return `VMware-${bytes.slice(0, 8).join(" ")}-${bytes.slice(8).join(" ")}`;
}
