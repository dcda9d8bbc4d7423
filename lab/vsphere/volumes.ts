import type { Plug } from "../volumes";

/** Of the first paravirtual controller, as udev names what is behind it. */
const controller = "/dev/disk/by-path/pci-0000:03:00.0-scsi-0:0";

/** A machine is made with its seat's disk, the second one of its controller; the root disk is no device here, only its name. */
export const plug: Plug = {
  by: "making",
  node: "/dev/sdb",
  links: () => ({ [`${controller}:1:0`]: "../../sdb", [`${controller}:0:0`]: "../../sda" }),
};
