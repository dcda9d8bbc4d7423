import type { RepairFact } from "./platform";

/** What is repaired in the same way wherever a machine stands. */
export const repairByAgents: readonly RepairFact[] = [
  { fault: "a process ends", owner: "systemd", how: "starts it again" },
  { fault: "a machine hangs", owner: "its watchdog", how: "reboots it" },
  {
    fault: "a volume of an etcd seat is lost",
    owner: "the reconcile run, then the agent",
    how: "the run makes a blank volume; the agent brings the member back onto it",
  },
  {
    fault: "a volume of an etcd seat fails, while the other seats are a quorum",
    owner: "its agent, then the reconcile run",
    how: "the run marks and keeps it, and makes a blank one under the next name",
  },
  {
    fault: "the root disk of a seat's machine takes no more writes",
    owner: "its agent",
    how: "powers off under the permit after 15 minutes; its group starts the next one",
  },
  {
    fault: "an etcd member is broken on a machine that works",
    owner: "the agent",
    how: "moves the data aside and replaces the member: remove, add as a learner, promote",
  },
  {
    fault: "a program of the control plane hangs",
    owner: "the agent",
    how: "kills it after three silences of 10 s, and systemd starts it again",
  },
  {
    fault: "a majority of etcd's disks is lost, or all of them",
    owner: "the agents, all of them together",
    how: "after 120 s without quorum and a vote of every seat, a new epoch grows from the best disk, or from the newest verified snapshot",
  },
  {
    fault: "a worker's kubelet is broken on a machine that runs",
    owner: "the worker's agent, with a master's grant",
    how: "moves its pods away and powers off; its group starts the next one",
  },
  {
    fault: "a zone is lost",
    owner: "nobody",
    how: "no zone holds a majority of the seats, so etcd and the API go on; its machines come back with it",
  },
];
