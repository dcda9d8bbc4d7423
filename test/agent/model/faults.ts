import { Volume } from "./box";
import type { Box } from "./box";
import type { Random } from "./random";
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
  | "update"
  | "cut"
  | "grow"
  | "apply"
  | "lose majority";

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
  "cut",
];

/** In the midst of a recovery. */
export const atRecovery: readonly FaultKind[] = ["zombie", "zombie", "zombie", "agent", "crash", "store of one", "lose disk"];

/** Volumes that were lost and may come back. */
export type Shelf = { readonly seat: string; readonly volume: Volume }[];

/** Does one thing to the world that a person, a cloud or chance may do. Its end is planned as well. */
export function strike(world: World, kind: FaultKind, shelf: Shelf, random: Random, soon = 60): void {
  const { clock } = world;
  const box = random.pick(kind === "crash" || kind === "agent" || kind === "isolate" ? world.machines : world.boxes);
  if (!box) return;
  world.say(`fault: ${kind} (${box.name})`);
  switch (kind) {
    case "crash":
      return down(world, box, random.between(5, 240));
    case "agent":
      world.stopAgent(box);
      return clock.after(random.between(5, 200), () => world.startAgent(box));
    case "lose disk":
      return loseDisk(world, box, shelf, random);
    case "lose disks":
      for (const other of random.shuffle(world.boxes).slice(0, Math.ceil(random.next() * world.boxes.length)))
        loseDisk(world, other, shelf, random);
      return;
    case "lose majority":
      return loseMajority(world, shelf, random);
    case "corrupt":
      down(world, box, random.between(5, 60));
      if (!box.volume?.replica) return;
      world.witness.loseData(box.volume);
      box.volume.corrupt = true;
      return;
    case "isolate":
      box.isolated = true;
      return clock.after(random.between(20, 300), () => (box.isolated = false));
    case "cut":
      return cut(world, random);
    case "store":
      return storeFails(world, world.machines, random);
    case "store of one":
      return storeFails(world, [box], random);
    case "power off":
      for (const other of world.machines) down(world, other, random.between(20, 200));
      return;
    case "zombie":
      return zombie(world, shelf, random, soon);
    case "approve":
      return approve(world, shelf);
    case "empty store":
      return world.emptyStore();
    case "apply":
      return world.applyStack();
    case "grow":
      return world.grow();
    case "roll out":
      return world.rolling?.want(random.chance(0.6) ? "etcd" : "master", random.hex(64), random.chance(0.5));
    case "update":
      for (const other of world.machines) if (random.chance(0.5)) other.restart = true;
      return;
  }
}

function down(world: World, box: Box, seconds: number): void {
  world.crash(box);
  world.clock.after(seconds, () => world.boot(box));
}

// Most disks go at once, and not for good: they come back while the others vote.
function loseMajority(world: World, shelf: Shelf, random: Random): void {
  const lost = random.shuffle(world.boxes).slice(0, Math.ceil(world.boxes.length / 2));
  for (const box of lost) loseDisk(world, box, shelf, random, 1);
}

// A link fails both ways, or packets get lost on the way there only.
function cut(world: World, random: Random): void {
  const [from, to] = random.shuffle(world.machines);
  if (!from || !to) return;
  const links = [`${from.name}>${to.name}`, ...(random.chance(0.5) ? [`${to.name}>${from.name}`] : [])];
  for (const link of links) world.links.cut.add(link);
  world.clock.after(random.between(20, 300), () => links.forEach((link) => world.links.cut.delete(link)));
}

function loseDisk(world: World, box: Box, shelf: Shelf, random: Random, shelved = 0.5): void {
  const { clock } = world;
  world.witness.loseData(box.volume);
  if (box.volume && random.chance(shelved)) {
    shelf.push({ seat: box.name, volume: box.volume });
    if (shelved < 1 && random.chance(0.4)) clock.after(random.between(60, 500), () => zombie(world, shelf, random, 60));
  }
  box.volume = undefined;
  down(world, box, random.between(5, 60));
  clock.after(random.between(5, 150), () => (box.volume ??= new Volume()));
}

function storeFails(world: World, boxes: readonly Box[], random: Random): void {
  const reason = random.chance(0.5) ? "503" : "no answer";
  const failure = random.chance(0.85) ? ({ kind: "unavailable", reason } as const) : ({ kind: "forbidden", reason: "403" } as const);
  for (const box of boxes) box.store.faults.failure = failure;
  world.clock.after(random.between(20, 400), () => {
    for (const box of boxes) delete box.store.faults.failure;
  });
}

// Somebody attaches the volume that a seat had before.
function zombie(world: World, shelf: Shelf, random: Random, soon: number): void {
  const found = random.pick(shelf);
  const box = found && world.box(found.seat);
  if (!box) return;
  shelf.splice(shelf.indexOf(found), 1);
  world.say(`the volume that ${box.name} had lost is back`);
  world.witness.loseData(box.volume);
  world.witness.returnData(found.volume);
  box.volume = found.volume;
  down(world, box, random.between(1, soon));
}

// A person gives up the seats that are down and destroys their volumes, those that were detached as well.
function approve(world: World, shelf: Shelf): void {
  const epoch = world.epochInStore();
  const absent = world.boxes.filter((box) => !box.up).map(({ name }) => name);
  if (epoch === undefined || absent.length === 0 || absent.length === world.boxes.length) return;
  for (let at = shelf.length - 1; at >= 0; at--) if (absent.includes(shelf[at]?.seat ?? "")) shelf.splice(at, 1);
  for (const name of absent) {
    const box = world.box(name);
    if (!box) continue;
    world.witness.loseData(box.volume);
    box.volume = new Volume();
  }
  world.approve(epoch, absent);
}
