import { disasters } from "./disaster";
import { etcdMachine } from "./etcd-machine";
import { otherMachine } from "./other-machine";
import type { Scenario } from "./scenario";

/** In the order in which `npm run lab` goes through them, on one cluster. */
export const scenarios: readonly Scenario[] = [...etcdMachine, ...otherMachine, ...disasters];
