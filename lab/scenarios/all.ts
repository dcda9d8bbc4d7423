import { agents } from "./agents";
import { badDisks } from "./bad-disks";
import { byHand } from "./by-hand";
import { clocks } from "./clock";
import { badRollOuts } from "./bad-roll-outs";
import { disasters } from "./disaster";
import { disks } from "./disks";
import { etcdMachine } from "./etcd-machine";
import { firstEpoch } from "./first-epoch";
import { idle } from "./idle";
import { masters } from "./masters";
import { networkFaults } from "./network-faults";
import { otherMachine } from "./other-machine";
import { processes } from "./processes";
import { resizes } from "./resize";
import { rollOuts } from "./roll-out";
import type { Scenario } from "./scenario";
import { storeFaults } from "./store-faults";
import { systemUpdates } from "./system-update";
import { twoFaults } from "./two-faults";

/** In the order in which `npm run lab` goes through them, on one cluster: the mild ones first. */
export const scenarios: readonly Scenario[] = [
  idle(),
  ...etcdMachine,
  ...otherMachine,
  ...processes,
  ...networkFaults,
  ...storeFaults,
  ...agents,
  ...disks,
  ...badDisks,
  ...clocks,
  ...masters,
  ...twoFaults,
  ...badRollOuts,
  ...rollOuts,
  ...systemUpdates,
  ...disasters,
  byHand,
  ...firstEpoch,
  // The last one: those before are made for the seats that a run began with.
  ...resizes,
];

/** Those with a limit in seconds: what continuous integration runs. */
export const bounded: readonly Scenario[] = [...etcdMachine, ...otherMachine, ...disasters.filter(({ name }) => name === "two-disks")];
