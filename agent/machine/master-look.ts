import { sayOnce } from "../log";
import { publishStatus, type StatusMemory } from "../status";
import { isApiServerReady } from "./api-server";
import { followEpoch } from "./epoch-watch";
import type { Configuring } from "./machine";

const waitingMs = 1_000;
const settledMs = 5_000;

/** How a master stands: for its health port and, as its status, for all. @returns one look; each answers milliseconds until the next */
export function masterLook(machine: Configuring): () => Promise<number> {
  const { health, place, objects, name, bootId, instance, configured, times } = machine;
  const memory: StatusMemory = {};
  return async () => {
    const epoch = (await followEpoch(place, objects)) ?? 0;
    const ready = await isApiServerReady(place);
    health.serves = ready;
    health.state = ready ? "run" : "wait: the API server is not ready";
    sayOnce("api server", { ready, epoch });
    const phase = ready ? "run" : "wait";
    await publishStatus(
      objects,
      memory,
      {
        seat: name,
        machine: instance,
        bootId,
        phase,
        epoch,
        configuration: configured.digest,
        healthy: ready,
        ...(ready ? {} : { message: "the API server is not ready" }),
      },
      [phase, epoch, configured.digest],
      ready ? times.statusQuietly : times.statusEvery,
    );
    return ready ? settledMs : waitingMs;
  };
}
