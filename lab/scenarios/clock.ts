import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { timing } from "../../agent/timing";
import { atMost, exactly } from "../../measured/line";
import { setClock, wrongBy } from "../clock";
import { agentUnit, journal } from "../inside";
import { monotonic } from "../machine";
import { replaceAfter } from "./replaced";
import type { Bench, Outcome, Scenario } from "./scenario";

const day = 86_400;
/** As for a member with its disk, and what agents wait between two attempts meanwhile. */
const rightSeconds = 20;

/** What the machine has issued for itself. */
function certificates(root: string): readonly string[] {
  const pki = join(root, "etc/etcd/pki");
  return existsSync(pki) ? readdirSync(pki).filter((name) => name.endsWith(".key")) : [];
}

function scenario(name: string, direction: "ahead of" | "behind"): Scenario {
  return {
    name,
    about: `a machine of etcd boots while the clock of its agent is a day ${direction} the right time`,
    async run({ cluster, floor, timerFactor }: Bench): Promise<Outcome> {
      const { spoilt } = cluster.lab;
      const seat = cluster.names("etcd").at(-1) ?? "";
      const wrong = 3 * timing.recoverAfter * timerFactor;
      const { result, harm } = await cluster.during(async () => {
        spoilt.set(seat, wrongBy(direction === "behind" ? -day : day));
        const { machine } = await replaceAfter(cluster, seat, () => Promise.resolve());
        await cluster.seen([{ kind: "agent", address: machine.plan.address }], 120);
        await new Promise((resolve) => setTimeout(resolve, wrong * 1000));
        const issued = certificates(machine.root).length;
        const said = (await journal(machine, agentUnit)).some(({ message }) => message.includes(`min ${direction} the store's`));
        const right = monotonic();
        setClock(machine.root, 0);
        const votes = await cluster.seen([{ kind: "voter", address: machine.plan.address }], 120);
        return { issued, said, whole: votes - right };
      });
      await cluster.whole(60);
      return {
        rows: [
          {
            scenario: name,
            what: `${seat}, on the agent's clock input: the clock is right after ${wrong.toFixed(0)} s → its member votes`,
            floor,
            whole: result.whole,
            harm,
          },
        ],
        lines: [
          exactly(`${name}: machines that say so`, result.said ? 1 : 0, "machines", 1),
          exactly(`${name}: certificates that were issued by the wrong clock`, result.issued, "certificates", 0),
          atMost(`${name}: from the right clock until the member votes`, result.whole, "s", rightSeconds),
          exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0),
        ],
      };
    },
  };
}

export const clocks: readonly Scenario[] = [scenario("clock-ahead", "ahead of"), scenario("clock-behind", "behind")];
