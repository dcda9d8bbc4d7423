import type { InstanceRow } from "./cloud/messages";
import { monotonic, type Machine } from "./machine";
import type { PlannedGroup, PlannedMachine } from "./synthesized";

/** What the groups do with machines. */
export interface Hands {
  boot(plan: PlannedMachine): Promise<Machine>;
  /** Called when its group has it. */
  brought(machine: Machine): void;
  /** Called when nothing of a machine is left. */
  gone(machine: Machine): Promise<void>;
  /** Called with what no scenario waits for. */
  failed(reason: unknown): void;
}

export interface GroupEvent {
  /** Seconds of the monotonic clock. */
  readonly at: number;
  readonly what: "starting" | "started" | "off" | "removed";
  readonly group: string;
  readonly machine: string;
  /** Unknown while it starts. */
  readonly instance?: string;
}

interface Group {
  readonly planned: PlannedGroup;
  readonly members: Map<string, Machine>;
  size: number;
  /** How many machines it has started. */
  started: number;
  paused: boolean;
  /** Everything that it does, one after the other. */
  work: Promise<void>;
}

/**
 * Plays the groups of a cloud: a machine that is gone or has powered itself off is removed, and the next one of its seat or
 * pool starts from the same user-data. Groups work side by side; each does one thing at a time.
 */
export class Groups {
  readonly history: GroupEvent[] = [];
  /** How long a cloud takes to see that a machine is gone, and to start the next one. */
  delaySeconds = 0;
  private readonly groups: Map<string, Group>;
  private readonly rows = new Map<string, InstanceRow>();
  private over = false;

  constructor(
    planned: readonly PlannedGroup[],
    private readonly hands: Hands,
  ) {
    this.groups = new Map(planned.map((one) => [one.name, newGroup(one)]));
  }

  /** Brings all groups to their size. */
  async start(): Promise<void> {
    await Promise.all([...this.groups.values()].map((group) => this.fill(group)));
  }

  /** Machines that the groups have now, in the order of the groups. */
  get machines(): readonly Machine[] {
    return [...this.groups.values()].flatMap(({ members }) => [...members.values()]);
  }

  /** @throws Error when there is none of this name now */
  machine(name: string): Machine {
    const machine = this.machines.find(({ plan }) => plan.name === name);
    if (!machine) throw new Error(`there is no machine ${name} now`);
    return machine;
  }

  machineOf(instance: string): Machine | undefined {
    return this.machines.find((machine) => machine.instance === instance);
  }

  /** As EC2 lists them; a machine that is gone stays in the list. */
  instances(): readonly InstanceRow[] {
    return [...this.rows.values()];
  }

  /** Kills a machine, as a host dies. The next one comes by itself. @returns when it was dead, in seconds of the monotonic clock */
  async kill(name: string): Promise<number> {
    await this.machine(name).kill();
    return monotonic();
  }

  /** Waits for the machine that comes when another one of its seat or pool is gone. */
  async next(after: Machine, seconds = 60): Promise<Machine> {
    const { name } = after.plan.group;
    for (const end = monotonic() + seconds; ;) {
      const off = this.history.find(({ what, instance }) => what === "off" && instance === after.instance);
      const found = off && [...this.of(name).members.values()].find(({ startedAt }) => startedAt > off.at);
      if (found) return found;
      if (monotonic() > end) throw new Error(`no machine came after ${after.plan.name} within ${seconds} s`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The cloud has no capacity for a group: no machine starts. */
  pause(name: string): void {
    this.of(name).paused = true;
  }

  async resume(name: string): Promise<void> {
    this.of(name).paused = false;
    await this.fill(this.of(name));
  }

  /** One more group, and its machines. */
  add(planned: PlannedGroup): Promise<void> {
    const group = newGroup(planned);
    this.groups.set(planned.name, group);
    return this.fill(group);
  }

  async resize(name: string, size: number): Promise<void> {
    const group = this.of(name);
    group.size = size;
    for (const machine of [...group.members.values()].slice(size)) await this.serially(group, () => this.remove(group, machine));
    await this.fill(group);
  }

  /** Removes all machines; none comes any more. */
  async stop(): Promise<void> {
    this.over = true;
    await Promise.all(
      [...this.groups.values()].map(async (group) => {
        await group.work.catch(() => undefined);
        for (const machine of group.members.values()) await this.remove(group, machine);
      }),
    );
  }

  private of(name: string): Group {
    const group = this.groups.get(name);
    if (!group) throw new Error(`there is no group ${name}`);
    return group;
  }

  private serially(group: Group, work: () => Promise<void>): Promise<void> {
    const next = group.work.then(work);
    // What fails is seen by who asked for it; the group goes on.
    group.work = next.catch(() => undefined);
    return next;
  }

  private fill(group: Group): Promise<void> {
    return this.serially(group, async () => {
      while (!this.over && !group.paused && group.members.size < group.size) await this.bring(group);
    });
  }

  private async bring(group: Group): Promise<void> {
    const plan = group.planned.machine(group.started++);
    this.note("starting", plan);
    const machine = await this.hands.boot(plan);
    group.members.set(machine.instance, machine);
    this.rows.set(machine.instance, rowOf(machine, "running"));
    this.note("started", plan, machine.instance);
    this.hands.brought(machine);
    void machine.off.then(() => this.replace(group, machine)).catch((reason: unknown) => this.hands.failed(reason));
  }

  private async replace(group: Group, machine: Machine): Promise<void> {
    if (this.over || !group.members.has(machine.instance)) return;
    this.note("off", machine.plan, machine.instance);
    await new Promise((resolve) => setTimeout(resolve, this.delaySeconds * 1000));
    await this.serially(group, () => (this.over ? Promise.resolve() : this.remove(group, machine)));
    await this.fill(group);
  }

  private async remove(group: Group, machine: Machine): Promise<void> {
    if (!group.members.delete(machine.instance)) return;
    this.rows.set(machine.instance, rowOf(machine, "shutting-down"));
    await machine.destroy();
    await this.hands.gone(machine);
    this.rows.set(machine.instance, rowOf(machine, "terminated"));
    this.note("removed", machine.plan, machine.instance);
  }

  private note(what: GroupEvent["what"], { group, name }: PlannedMachine, instance?: string): void {
    this.history.push({ at: monotonic(), what, group: group.name, machine: name, ...(instance !== undefined && { instance }) });
  }
}

function newGroup(planned: PlannedGroup): Group {
  return { planned, members: new Map(), size: planned.size, started: 0, paused: false, work: Promise.resolve() };
}

function rowOf({ instance: id, hostname, startedAt, plan: { address, zone, group } }: Machine, state: InstanceRow["state"]): InstanceRow {
  const launchedAt = new Date(Date.now() - (monotonic() - startedAt) * 1000).toISOString();
  return { id, state, address, hostname, zone, tags: group.tags, launchedAt };
}
