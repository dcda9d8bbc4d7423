import { atMost, exactly } from "../../measured/line";
import { property } from "../inside";
import { monotonic, type Machine } from "../machine";
import type { Condition } from "../watch/messages";
import type { Cluster } from "./cluster";
import type { Bench, Outcome, Row, Scenario } from "./scenario";

/** A program of a machine, and what shows that it serves again. */
interface Victim {
  readonly unit: string;
  readonly role: "etcd" | "master" | "worker";
  readonly serves: (machine: Machine) => Condition | undefined;
}

const nothing = (): undefined => undefined;
const victims: readonly Victim[] = [
  { unit: "etcd.service", role: "etcd", serves: ({ plan }) => ({ kind: "voter", address: plan.address }) },
  { unit: "kube-apiserver.service", role: "master", serves: ({ plan }) => ({ kind: "api", address: plan.address }) },
  { unit: "kube-controller-manager.service", role: "master", serves: nothing },
  { unit: "kube-scheduler.service", role: "master", serves: nothing },
  { unit: "kubelet.service", role: "worker", serves: ({ hostname }) => ({ kind: "node", name: hostname, since: Date.now() / 1000 }) },
  { unit: "containerd.service", role: "worker", serves: nothing },
  { unit: "coppice-api-proxy.service", role: "worker", serves: nothing },
  { unit: "coppice-agent.service", role: "worker", serves: ({ plan }) => ({ kind: "agent", address: plan.address }) },
];

/** systemd waits 2 s, and an API server needs some more than etcd. */
const killedSeconds = 20;
/** Three silences of 10 s by the timer factor, or 60 s of systemd's watchdog, whose time nothing scales; and then as above. */
const hungSeconds = 100;

const processOf = async (machine: Machine, unit: string): Promise<number> => Number(await property(machine, unit, "MainPID"));

/** @returns seconds until another process of the unit runs, and serves */
async function again(
  cluster: Cluster,
  machine: Machine,
  { unit, serves }: Victim,
  signal: "KILL" | "STOP",
  seconds: number,
): Promise<number> {
  const before = await processOf(machine, unit);
  if (before === 0) throw new Error(`${unit} does not run on ${machine.plan.name}`);
  const at = monotonic();
  await machine.exec("systemctl", "kill", "--kill-whom=main", `--signal=${signal}`, unit);
  for (;;) {
    const now = await processOf(machine, unit);
    if (now !== 0 && now !== before) break;
    if (monotonic() - at > seconds)
      throw new Error(`${unit} of ${machine.plan.name} did not come back within ${seconds} s after SIG${signal}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const wanted = serves(machine);
  if (wanted) await cluster.seen([wanted], seconds);
  return monotonic() - at;
}

function scenario(name: string, about: string, signal: "KILL" | "STOP", seconds: number): Scenario {
  return {
    name,
    about,
    async run({ cluster, say }: Bench): Promise<Outcome> {
      const rows: Row[] = [];
      const { harm } = await cluster.during(async () => {
        for (const victim of victims) {
          const machine = cluster.lab.groups.machines.find(({ plan }) => plan.role === victim.role);
          if (!machine) throw new Error(`there is no ${victim.role}`);
          const whole = await again(cluster, machine, victim, signal, seconds);
          say(`  ${victim.unit} on ${machine.plan.name}: ${whole.toFixed(1)} s`);
          rows.push({ scenario: name, what: `SIG${signal} of ${victim.unit} → it serves again`, whole });
        }
      });
      await cluster.whole(60);
      const longest = Math.max(...rows.map(({ whole = 0 }) => whole));
      return {
        rows: rows.map((row, index) => (index === rows.length - 1 ? { ...row, harm } : row)),
        lines: [
          atMost(`${name}: longest until a program serves again`, longest, "s", seconds),
          exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0),
        ],
      };
    },
  };
}

export const processes: readonly Scenario[] = [
  scenario("kill", "every program is killed once, by SIGKILL", "KILL", killedSeconds),
  scenario("hang", "every program hangs once, by SIGSTOP", "STOP", hungSeconds),
];
