import type { Action } from "../../../agent/actions";
import { lookAndRoll } from "../../../agent/roll";
import { isSettled, lookAndAct } from "../../../agent/seat/agent";
import { Objects } from "../../../agent/store/objects";
import type { Box } from "./box";
import { machineOf } from "./machine";
import type { World } from "./world";

const cluster = "model";

/** A process of the agent: looks, acts, rolls, and looks again, until it is stopped or dies. */
export function liveAgent(world: World, box: Box): void {
  box.agentUp = true;
  const life = ++box.life;
  box.memory = {};
  const machine = machineOf(world, box);
  box.store.faults.pause = (moment) => world.interruptions.storePoint(box, life, moment);
  const objects = new Objects(box.store, machine.monotonic, world.parsed);
  const seat = { cluster, name: box.name, peerUrl: box.peerUrl, configured: world.configured, machine, objects, times: world.times };
  const running = { machine: `${box.name}-${life}`, bootId: String(life) };
  const place = world.rolling && {
    name: box.name,
    role: box.role,
    objects,
    times: world.times,
    machine: world.rolling.machineOf(box, life),
  };
  const act = async (): Promise<Action> => {
    const action: Action = box.role === "etcd" ? await lookAndAct(seat, box.memory, running, world.rules) : { kind: "run" };
    if (["open", "vote", "close", "raise"].includes(action.kind)) world.onRecovery?.();
    const step = place && (await lookAndRoll(place, box.memory, world.rules));
    if (step?.kind === "save") world.say(`${box.name} roll-out: ${step.reason}`);
    if (step?.kind === "save" || step?.kind === "apply") world.lastNews = world.clock.now;
    if (step?.kind === "apply" || step?.kind === "ask") world.say(`${box.name} roll-out: ${step.kind}`);
    return action;
  };
  const look = (): void => {
    if (box.life !== life) return;
    act().then(
      (action) => {
        const did = JSON.stringify(action);
        world.witness.saw(action);
        if (did !== box.last) {
          world.say(`${box.name} ${did}`);
          world.lastNews = world.clock.now;
        }
        box.last = did;
        const wait = isSettled(action) ? 20 : action.kind === "wait" || action.kind === "halt" ? 8 : 1;
        world.clock.soon(wait * 0.7, wait * 1.3, look);
      },
      (error: unknown) =>
        world.witness.violate("agent", `${box.name} threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    );
  };
  look();
}
