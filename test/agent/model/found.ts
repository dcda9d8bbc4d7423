import type { Rules } from "../../../agent/rules";
import type { Schedule } from "./plan";

const none = { chance: 0, within: 20, kinds: [] } as const;
const plain = { masters: 0, crashChance: 0, delayChance: 0, slowRestores: false, atRecovery: none };

/** Schedules that once ended badly, as small as they got. */
export const endedBadly: readonly (readonly [string, Schedule])[] = [
  [
    "a bad first configuration is left by all machines together",
    {
      ...plain,
      seed: 871,
      seats: 1,
      masters: 2,
      faults: [
        { at: 226, kind: "grow", seed: 3013311208 },
        { at: 168, kind: "agent", seed: 3280037904 },
        { at: 235, kind: "roll out", seed: 274925552 },
      ],
      repairAt: 487,
    },
  ],
  [
    "a person names all seats as absent",
    {
      ...plain,
      seed: 505,
      seats: 3,
      faults: [
        { at: 104, kind: "grow", seed: 2280091468 },
        { at: 144, kind: "approve", seed: 263026071 },
        { at: 97, kind: "power off", seed: 3899016667 },
      ],
      repairAt: 259,
    },
  ],
  [
    "the store is emptied, and most disks are lost",
    {
      ...plain,
      seed: 356,
      seats: 3,
      faults: [
        { at: 189, kind: "lose disks", seed: 1893049221 },
        { at: 129, kind: "lose disks", seed: 2116066510 },
        { at: 120, kind: "empty store", seed: 1587582566 },
      ],
      repairAt: 419,
    },
  ],
  [
    "the only seat's old volume comes back while the store is away",
    {
      ...plain,
      seed: 38,
      seats: 1,
      faults: [
        { at: 140, kind: "lose disk", seed: 3429848735 },
        { at: 590, kind: "store", seed: 1465020987 },
        { at: 674, kind: "zombie", seed: 1405790895 },
      ],
      repairAt: 800,
    },
  ],
  [
    "the last disk has a longer log than the snapshot, and none of what was acknowledged last",
    {
      ...plain,
      seed: 3504,
      seats: 3,
      faults: [
        { at: 220, kind: "isolate", seed: 3644802312 },
        { at: 128, kind: "cut", seed: 1727583109 },
        { at: 305, kind: "lose disk", seed: 933712055 },
        { at: 114, kind: "lose disk", seed: 2840465391 },
        { at: 505, kind: "isolate", seed: 1892442047 },
      ],
      repairAt: 800,
    },
  ],
  [
    "masters hear of the store only when something bad is desired already",
    {
      ...plain,
      seed: 778433915,
      seats: 3,
      masters: 2,
      faults: [
        { at: 149, kind: "store", seed: 2285052777 },
        { at: 644, kind: "power off", seed: 3892777443 },
        { at: 230, kind: "roll out", seed: 2678451214 },
      ],
      repairAt: 874,
    },
  ],
  [
    "everything loses power before the first epoch runs, and something bad is desired",
    {
      ...plain,
      seed: 51667920,
      seats: 5,
      masters: 2,
      delayChance: 0.05,
      faults: [
        { at: 136, kind: "power off", seed: 1578132529 },
        { at: 10, kind: "lose disk", seed: 980177672 },
        { at: 171, kind: "lose disk", seed: 2582475230 },
        { at: 168, kind: "roll out", seed: 2463857475 },
      ],
      repairAt: 276,
    },
  ],
];

/**
 * With which a switched-off rule is noticed: seeds, found by `node run.js test/agent/model/run.ts 100000 1 RULE INVARIANT`, and
 * schedules made for one.
 */
export const proofs: readonly (readonly [keyof Rules, number | Schedule, string])[] = [
  ["joinedOnce", 39, "acknowledged"],
  ["openOnRecord", 9, "membership"],
  ["unanimity", 139, "acknowledged"],
  ["repairBootsGood", 38, "on purpose"],
  ["permit", 9, "on purpose"],
  ["joinedFirst", 249, "acknowledged"],
  ["fence", 327, "two epochs"],
  [
    "freshToken",
    {
      ...plain,
      seed: 602,
      seats: 3,
      faults: [
        { at: 203, kind: "lose disks", seed: 3624606577 },
        { at: 545, kind: "zombie", seed: 2640081654 },
        { at: 544, kind: "zombie", seed: 1302552174 },
        { at: 512, kind: "isolate", seed: 263020316 },
      ],
      repairAt: 800,
    },
    "acknowledged",
  ],
  [
    "fence",
    {
      ...plain,
      seed: 1044,
      seats: 3,
      faults: [
        { at: 295, kind: "lose majority", seed: 644794901 },
        { at: 513, kind: "zombie", seed: 616569402 },
        { at: 481, kind: "store of one", seed: 1363536445 },
        { at: 541, kind: "store of one", seed: 833560377 },
      ],
      repairAt: 800,
    },
    "two epochs",
  ],
];
