import type { Plug } from "../volumes";

/** Where a machine of EC2's Nitro kind finds its first further volume, and the name that udev gives it there. */
export const plug: Plug = {
  by: "call",
  node: "/dev/nvme1n1",
  links: (id) => ({ [`/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${id.replace("-", "")}`]: "../../nvme1n1" }),
};
