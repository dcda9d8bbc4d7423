import { atMost, exactly, reported } from "../../measured/line";
import { kubernetesTimes } from "../../agent/kubernetes/times";
import { timing } from "../../agent/timing";
import { monotonic } from "../machine";
import type { Cluster } from "./cluster";
import { atAnyTime, counted, opened } from "./rolling";
import type { Bench, Outcome, Scenario } from "./scenario";

/** Debian's way to say so; it is gone when a machine has started again. */
const flag = "/run/reboot-required";
/** Besides the time for which each machine has to be healthy: a look a minute at the flag, the permit, the start. */
const besideSeconds = 120;

const systemUpdate: Scenario = {
  name: "system-update",
  about: "the operating system of every machine wants to start again at once: one machine after the other does",
  async run({ cluster, floor, timerFactor }: Bench): Promise<Outcome> {
    const { machines } = cluster.lab.groups;
    const before = cluster.lab.groups.instances().length;
    const each = timing.healthy * timerFactor + kubernetesTimes(timerFactor).drain + besideSeconds;
    const { result, harm } = await cluster.during(() =>
      atAnyTime(cluster, async () => {
        const begun = monotonic();
        await Promise.all(machines.map(({ exec }) => exec("touch", flag)));
        const down = await counted(cluster, () => allStarted(cluster, machines.length * each));
        await cluster.whole(120);
        await opened(cluster);
        return { ...down, seconds: monotonic() - begun };
      }),
    );
    const { downAtOnce, workersDownAtOnce, seconds } = result;
    return {
      rows: [
        { scenario: "system-update", what: `wanted → all ${machines.length} machines have started again`, floor, whole: seconds, harm },
      ],
      lines: [
        atMost("system-update: machines of the control plane down at once", downAtOnce, "machines", 1),
        atMost("system-update: workers down at once", workersDownAtOnce, "machines", 1),
        exactly("system-update: machines that were replaced", cluster.lab.groups.instances().length - before, "machines", 0),
        exactly("system-update: acknowledged writes lost", harm.lost, "writes", 0),
        reported("system-update: until the last machine has started again and all is whole", seconds, "s"),
      ],
    };
  },
};

/** @throws Error with the machines that have not */
async function allStarted({ lab }: Cluster, seconds: number): Promise<void> {
  for (const end = monotonic() + seconds; ;) {
    const looks = lab.groups.machines.map(async ({ plan, exec }) =>
      (await exec("test", "!", "-e", flag)).status === 0 ? [] : [plan.name],
    );
    const waiting = (await Promise.all(looks)).flat();
    if (waiting.length === 0) return;
    if (monotonic() > end) throw new Error(`not started again within ${seconds} s: ${waiting.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

export const systemUpdates: readonly Scenario[] = [systemUpdate];
