import { leaveOut, use, type Problem } from "../../../spec/problems";
import { at } from "../../../spec/rules/rule";
import { googleRule } from "../spec";

export const spotWhole = googleRule("spot-whole", ["workers"], ({ workers }) =>
  Object.entries(workers)
    .filter(([, { spotPercent }]) => spotPercent > 0 && spotPercent < 100)
    .map(([pool, { spotPercent }]): Problem => {
      const path = at("workers", pool, "spotPercent");
      const rule = "is 0 or 100: a group of Google's has one kind of capacity";
      return { path, value: spotPercent, rule, fix: use(path, 0, "make two pools of it, or use 0") };
    }),
);

export const noAlternatives = googleRule("no-alternatives", ["workers"], ({ workers }) =>
  Object.entries(workers)
    .filter(([, { alternatives }]) => alternatives.length > 0)
    .map(([pool, { alternatives }]): Problem => {
      const path = at("workers", pool, "alternatives");
      const rule = "is left out: a zone's group of Google's has one machine type";
      return { path, value: alternatives, rule, fix: leaveOut(path, "make a pool of each, or leave them out") };
    }),
);
