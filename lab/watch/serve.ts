import { channel } from "../cloud/channel";
import { until, type Known } from "./conditions";
import { History } from "./history";
import type { Targets, Trust, WatchCalls } from "./messages";

/** Looks at the cluster from the lab's switch; ends with the process that started it. */
process.on("disconnect", () => process.exit(0));

let targets: Targets = { etcd: [], masters: [], api: "" };
let trust: Trust | undefined;
let history: History | undefined;
const known = (): Known => ({ targets, trust });

const calls: WatchCalls = {
  targets: (now) => void (targets = now),
  trust: (now) => void (trust = now),
  until: (waiting) => until(waiting, known),
  async begin() {
    history = new History(known);
    await history.begin();
  },
  end: () => started().end(),
  present: () => started().present(),
};
channel(process, calls);

function started(): History {
  if (!history) throw new Error("no history has begun");
  return history;
}
