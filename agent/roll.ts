import type { Role } from "../constructs/spec/roles";
import { acquirePermit, mayNotDisturb, permitLeft, readPermit, releasePermit } from "./permit";
import type { ControlPlane, HeldPermit } from "./permit";
import { nextStep, readRollout, saveRollout } from "./rollout";
import type { RolloutStep, RolloutView } from "./rollout";
import { everyRule } from "./rules";
import type { Rules } from "./rules";
import type { Objects } from "./store/objects";
import type { Timing } from "./timing";

/** What a control-plane machine can say of itself, and do, when it is to be disturbed. */
export interface RollMachine {
  look(): Promise<
    Pick<
      RolloutView,
      "runs" | "fellBack" | "serves" | "healthyFor" | "brokenFor" | "reports" | "turn" | "oneWay" | "tierDownFor" | "leaves"
    > & {
      /** Absent while `desired/<role>` cannot be read: nothing is rolled then. */
      readonly desired?: string;
      readonly restart?: string;
    }
  >;
  /** Asked of the others themselves, not of what they once wrote. */
  plane(): Promise<ControlPlane>;
  /** Drains, and restarts with a configuration. A `broken` machine does so only if it still serves nothing at that moment. */
  apply(configuration: string, as: "permitted" | "broken"): Promise<void>;
}

export interface RollMemory {
  disturb?: HeldPermit | undefined;
  disturbSought?: boolean;
  /** To change the membership, on an etcd seat. */
  permit?: HeldPermit | undefined;
}

export interface Place {
  readonly name: string;
  readonly role: Role;
  readonly objects: Objects;
  readonly machine: RollMachine;
  readonly times: Timing;
}

/** One step of a roll-out, or of a restart that the machine itself wants (an update of the OS). A serving machine goes down under the permit only. */
export async function lookAndRoll(place: Place, memory: RollMemory, rules: Rules = everyRule): Promise<RolloutStep> {
  const { objects, machine, times, name, role } = place;
  await findPermit(place, memory);
  const own = await machine.look();
  const before = await readRollout(objects, role);
  const now = objects.now();
  const { desired } = own;
  if (desired === undefined) return { kind: "rest" };
  if ((before.kind !== "found" && before.kind !== "absent") || now === undefined) return { kind: "rest" };
  const record = before.kind === "found" ? before.value : undefined;
  const named = record?.state === "rolling" && record.machine === name;
  if (named && memory.disturb && (permitLeft(memory.disturb, objects.monotonic()) ?? 0) < times.permit / 2)
    await take(place, memory, "roll-out");
  const view: RolloutView = { ...own, desired, machine: name, now, permitted: await isPermitted(place, memory, rules) };
  let step = nextStep(record, view, times);
  if (step.kind === "rest" && own.restart !== undefined && own.serves && !named)
    step = view.permitted ? { kind: "apply", configuration: own.runs } : { kind: "ask" };
  switch (step.kind) {
    case "save":
      await saveRollout(objects, role, before, step.rollout);
      break;
    case "apply":
      // Looking took time: what was permitted then must still be now.
      await machine.apply(step.configuration, !rules.permit || (view.permitted && hasTime(place, memory)) ? "permitted" : "broken");
      break;
    case "ask":
      // Held, and somebody else is not healthy: that one may need it more.
      if (memory.disturb) await giveBack(place, memory);
      else await take(place, memory, own.restart ?? "roll-out");
      break;
    case "rest":
      if (memory.disturb && !named && own.serves && own.healthyFor >= times.healthy) await giveBack(place, memory);
  }
  return step;
}

async function isPermitted(place: Place, memory: RollMemory, rules: Rules): Promise<boolean> {
  if (!rules.permit) return true;
  if (!hasTime(place, memory)) {
    memory.disturb = undefined;
    return false;
  }
  return mayNotDisturb(await place.machine.plane(), "roll-out") === undefined && hasTime(place, memory);
}

function hasTime({ objects, times }: Place, { disturb }: RollMemory): boolean {
  return (permitLeft(disturb, objects.monotonic()) ?? 0) > times.permitMargin;
}

async function take({ objects, name, times }: Place, memory: RollMemory, reason: string): Promise<void> {
  const acquired = await acquirePermit(objects, name, "disturb", reason, times.permit);
  memory.disturb = acquired.kind === "held" ? acquired.held : undefined;
  memory.permit = undefined;
}

async function giveBack({ objects, name }: Place, memory: RollMemory): Promise<void> {
  memory.disturb = undefined;
  await releasePermit(objects, name);
}

// The machine that comes back after it was taken down goes on holding what its seat holds, until it is healthy.
async function findPermit({ objects, name }: Place, memory: RollMemory): Promise<void> {
  if (memory.disturbSought) return;
  const asked = objects.monotonic();
  const read = await readPermit(objects);
  memory.disturbSought = read.kind === "found" || read.kind === "absent";
  // `give-up`: by the machine before this one, or by the reconcile run that made this one.
  if (read.kind !== "found" || read.value.holder !== name || read.value.purpose === "replace-member") return;
  memory.disturb = { permit: read.value, version: read.version, until: asked + Date.parse(read.value.until) - read.now };
}
