import { say } from "../log";
import { metrics } from "../metrics";
import { configure } from "./configure";
import { startHealth, type Health } from "./health";
import { readIdentity } from "./identity";
import { startWatchdog } from "./loop";
import { openMachine } from "./machine";
import { notify } from "./systemd";

/** The agent of this machine, until its process ends. */
export async function run(): Promise<void> {
  const identity = await readIdentity();
  const health: Health = { serves: false, state: "starts" };
  // First of all: a machine that waits for something is no machine to replace.
  await startHealth(health);
  await notify("READY=1");
  startWatchdog();
  const { cluster, role, name } = identity;
  say("agent runs", { cluster, role, name, node: process.version });
  const machine = await configure(await openMachine(identity, health));
  metrics.only("coppice_agent_info", { role, name: machine.name, configuration: machine.configured.digest });
  switch (role) {
    case "etcd":
      return (await import("./etcd-role")).etcdRole(machine);
    case "master":
      return (await import("./master-role")).masterRole(machine);
    case "worker":
      return (await import("./worker-role")).workerRole(machine);
  }
}
