import { isUpstream } from "../artifacts";
import { leaveOut, use, type Problem } from "../problems";
import { at, rule } from "./rule";

/** A key with a slip in it would leave upstream's digest in place without a word. */
export const buildsUpstream = rule("builds-upstream", ["builds"], ({ builds }) =>
  Object.entries(builds).flatMap(([url, value]): Problem[] => {
    const path = at("builds", url);
    return isUpstream(url) ? [] : [{ path, value, rule: "stands for a file of upstream that machines download", fix: leaveOut(path) }];
  }),
);

export const buildsMirrored = rule("builds-mirrored", ["builds", "mirror"], ({ builds, mirror }): Problem[] => {
  const count = Object.keys(builds).length;
  if (mirror !== undefined || count === 0) return [];
  const path = at("builds");
  return [
    {
      path,
      value: builds,
      rule: "comes with a mirror: upstream has no such files",
      fix: leaveOut(path, "name the mirror, or leave it out"),
    },
  ];
});

export const timersDesigned = rule("timers-designed", ["repair", "protect"], ({ repair, protect }): Problem[] => {
  if (!protect || repair.timerFactor === 1) return [];
  const path = at("repair", "timerFactor");
  return [
    { path, value: repair.timerFactor, rule: "is 1 where data is protected: timers shorter than designed are for labs", fix: use(path, 1) },
  ];
});
