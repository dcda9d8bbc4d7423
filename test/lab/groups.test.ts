import { Groups, type Hands } from "../../lab/groups";
import { monotonic, type Machine } from "../../lab/machine";
import type { PlannedGroup, PlannedMachine } from "../../lab/synthesized";

function group(name: string, kind: PlannedGroup["kind"], size: number): PlannedGroup {
  const one: PlannedGroup = {
    name,
    kind,
    size,
    tags: {},
    machine: (n) => ({ name: kind === "seat" ? name : `${name}-${n}`, group: one, address: "", zone: "" }) as unknown as PlannedMachine,
  };
  return one;
}

/** Machines that do nothing but end. */
class World implements Hands {
  readonly alive = new Set<Machine>();
  readonly gone: Hands["gone"] = () => Promise.resolve();
  readonly brought = (): void => undefined;
  readonly failures: unknown[] = [];
  broken = false;
  private count = 0;

  boot(plan: PlannedMachine): Promise<Machine> {
    if (this.broken) return Promise.reject(new Error("no room"));
    let end: () => void = () => undefined;
    const off = new Promise<void>((resolve) => (end = resolve));
    const machine = { plan, instance: `i-${this.count++}`, hostname: "", startedAt: monotonic(), off } as Machine;
    const kill = (): Promise<void> => {
      this.alive.delete(machine);
      end();
      return off;
    };
    const seat = [...this.alive].find((other) => other.plan.name === plan.name);
    if (seat) return Promise.reject(new Error(`${plan.name} has a machine already`));
    this.alive.add(Object.assign(machine, { kill, destroy: kill }));
    return Promise.resolve(machine);
  }

  failed(reason: unknown): void {
    this.failures.push(reason);
  }
}

const names = (groups: Groups): string[] => groups.machines.map(({ plan, instance }) => `${plan.name} ${instance}`);
let world: World;
let groups: Groups;
beforeEach(async () => {
  world = new World();
  groups = new Groups([group("etcd-0", "seat", 1), group("general", "pool", 2)], {
    boot: (plan) => world.boot(plan),
    brought: () => world.brought(),
    gone: (machine) => world.gone(machine),
    failed: (reason) => world.failed(reason),
  });
  await groups.start();
});
afterEach(() => groups.stop());

test("a killed machine is followed by another: the same seat, a new worker", async () => {
  const [seat, worker] = [groups.machine("etcd-0"), groups.machine("general-0")];
  await Promise.all([groups.kill("etcd-0"), groups.kill("general-0")]);
  const next = [await groups.next(seat), await groups.next(worker)];
  expect(next.map(({ plan }) => plan.name)).toEqual(["etcd-0", "general-2"]);
  expect(next[0]?.instance).not.toBe(seat.instance);
  expect(groups.machines).toHaveLength(3);
  expect(
    groups
      .instances()
      .map(({ state }) => state)
      .sort(),
  ).toEqual(["running", "running", "running", "terminated", "terminated"]);
});

test("so is one that powers itself off, as late as the cloud sees it", async () => {
  groups.delaySeconds = 0.2;
  const seat = groups.machine("etcd-0");
  const from = monotonic();
  await seat.kill();
  expect(groups.machineOf(seat.instance)).toBe(seat);
  await groups.next(seat);
  expect(monotonic() - from).toBeGreaterThan(0.19);
  expect(groups.history.filter((event) => event.group === "etcd-0").map(({ what }) => what)).toEqual([
    "starting",
    "started",
    "off",
    "removed",
    "starting",
    "started",
  ]);
});

test("without capacity nothing comes, until there is some", async () => {
  groups.pause("etcd-0");
  const seat = groups.machine("etcd-0");
  await groups.kill("etcd-0");
  await expect(groups.next(seat, 0.1)).rejects.toThrow("no machine came after etcd-0");
  await groups.resume("etcd-0");
  expect((await groups.next(seat)).plan.name).toBe("etcd-0");
});

test("a pool grows and shrinks, and stops for good", async () => {
  await groups.resize("general", 3);
  expect(names(groups)).toEqual(["etcd-0 i-0", "general-0 i-1", "general-1 i-2", "general-2 i-3"]);
  await groups.resize("general", 1);
  expect(names(groups)).toEqual(["etcd-0 i-0", "general-0 i-1"]);
  await groups.stop();
  expect([groups.machines.length, world.alive.size]).toEqual([0, 0]);
});

test("a machine that cannot start is no silence", async () => {
  world.broken = true;
  await groups.kill("etcd-0");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(world.failures).toEqual([new Error("no room")]);
});
