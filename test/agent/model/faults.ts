import { Volume } from "./box";
import type { Box } from "./box";
import type { World } from "./world";

export type FaultKind =
  | "crash"
  | "agent"
  | "lose disk"
  | "lose disks"
  | "corrupt"
  | "isolate"
  | "store"
  | "store of one"
  | "power off"
  | "zombie"
  | "approve"
  | "empty store"
  | "roll out"
  | "update";

export const faultKinds: readonly FaultKind[] = [
  "crash",
  "agent",
  "lose disk",
  "lose disks",
  "corrupt",
  "isolate",
  "store",
  "store of one",
  "power off",
  "zombie",
  "approve",
];

/** Volumes that were lost and may come back. */
export type Shelf = { readonly seat: string; readonly volume: Volume }[];

/** Does one thing to the world that a person, a cloud or chance may do. Its end is planned as well. */
export function strike(world: World, kind: FaultKind, shelf: Shelf, soon = 60): void {
  const { random, clock } = world;
  const box = random.pick(kind === "crash" || kind === "agent" || kind === "isolate" ? world.machines : world.boxes);
  if (!box) return;
  world.say(`fault: ${kind} (${box.name})`);
  switch (kind) {
    case "crash":
      return down(world, box, random.between(5, 240));
    case "agent":
      world.stopAgent(box);
      return clock.soon(5, 200, () => world.startAgent(box));
    case "lose disk":
      return loseDisk(world, box, shelf);
    case "lose disks":
      for (const other of random.shuffle(world.boxes).slice(0, Math.ceil(random.next() * world.boxes.length)))
        loseDisk(world, other, shelf);
      return;
    case "corrupt":
      down(world, box, random.between(5, 60));
      if (!box.volume?.replica) return;
      world.witness.loseData(box.volume);
      box.volume.corrupt = true;
      return;
    case "isolate":
      box.isolated = true;
      return clock.soon(20, 300, () => (box.isolated = false));
    case "store":
      return storeFails(world, world.machines);
    case "store of one":
      return storeFails(world, [box]);
    case "power off":
      for (const other of world.machines) down(world, other, random.between(20, 200));
      return;
    case "zombie":
      return zombie(world, shelf, soon);
    case "approve":
      return approve(world);
    case "empty store":
      return world.emptyStore();
    case "roll out":
      return world.rolling?.want(random.chance(0.6) ? "etcd" : "master", random.chance(0.5));
    case "update":
      for (const other of world.machines) if (random.chance(0.5)) other.restart = true;
      return;
  }
}

function down(world: World, box: Box, seconds: number): void {
  world.crash(box);
  world.clock.after(seconds, () => world.boot(box));
}

/** Most disks go at once, and not for good: they come back while the others vote. */
export function loseMajority(world: World, shelf: Shelf): void {
  const lost = world.random.shuffle(world.boxes).slice(0, Math.ceil(world.boxes.length / 2));
  for (const box of lost) loseDisk(world, box, shelf, 1);
}

function loseDisk(world: World, box: Box, shelf: Shelf, shelved = 0.5): void {
  const { random, clock } = world;
  world.witness.loseData(box.volume);
  if (box.volume && random.chance(shelved)) {
    shelf.push({ seat: box.name, volume: box.volume });
    if (shelved < 1 && random.chance(0.4)) clock.soon(60, 500, () => zombie(world, shelf, 60));
  }
  box.volume = undefined;
  down(world, box, random.between(5, 60));
  clock.soon(5, 150, () => (box.volume ??= new Volume()));
}

function storeFails(world: World, boxes: readonly Box[]): void {
  const reason = world.random.chance(0.5) ? "503" : "no answer";
  const failure = world.random.chance(0.85) ? ({ kind: "unavailable", reason } as const) : ({ kind: "forbidden", reason: "403" } as const);
  for (const box of boxes) box.store.faults.failure = failure;
  world.clock.soon(20, 400, () => {
    for (const box of boxes) delete box.store.faults.failure;
  });
}

// Somebody attaches the volume that a seat had before.
function zombie(world: World, shelf: Shelf, soon: number): void {
  const found = world.random.pick(shelf);
  const box = found && world.box(found.seat);
  if (!box) return;
  shelf.splice(shelf.indexOf(found), 1);
  world.say(`the volume that ${box.name} had lost is back`);
  world.witness.loseData(box.volume);
  world.witness.returnData(found.volume);
  box.volume = found.volume;
  down(world, box, world.random.between(1, soon));
}

// A person gives up the seats that are down and destroys their volumes.
function approve(world: World): void {
  const epoch = world.epochInStore();
  const absent = world.boxes.filter((box) => !box.up).map(({ name }) => name);
  if (epoch === undefined || absent.length === 0 || absent.length === world.boxes.length) return;
  for (const name of absent) {
    const box = world.box(name);
    if (!box) continue;
    world.witness.loseData(box.volume);
    box.volume = new Volume();
  }
  world.approve(epoch, absent);
}
