import { volumeDevice } from "../../constructs/spec/tag-names";
import type { Plug } from "../volumes";

/** The seat's group attaches its disk before the machine starts, under a name that Google's rules for udev link. */
export const plug: Plug = {
  by: "making",
  node: "/dev/sdb",
  links: () => ({ [`/dev/disk/by-id/google-${volumeDevice}`]: "../../sdb" }),
};
