import type { Master } from "./master";
import { Probe } from "./readyz";

/** Milliseconds. */
export interface ProxyTiming {
  readonly probeEvery: number;
  /** After a bad sign: the second one decides. */
  readonly probeAgain: number;
  /** Longer than a loaded API server takes: connections of one that only is slow would be a load for the others. */
  readonly probePatience: number;
  readonly connect: number;
  /** An unready master keeps its connections for so long: what is asked of it is answered, and the next thing is asked elsewhere. */
  readonly drain: number;
  /** When one side has closed its half, so long without a byte closes the other. */
  readonly halfOpen: number;
  /** Without a byte for so long, TCP asks whether the other side is still there; 10 s without an answer close the connection. */
  readonly keepAlive: number;
}

export const proxyTiming: ProxyTiming = {
  probeEvery: 5_000,
  probeAgain: 1_000,
  probePatience: 4_000,
  connect: 1_500,
  drain: 15_000,
  halfOpen: 60_000,
  keepAlive: 10_000,
};

export interface Watch {
  /** The first master is ready, or all have been looked at once. */
  readonly looked: Promise<void>;
  stop(): void;
}

/** Looks at every master for ever. Connections to one that went bad are closed, as long as there is a better one to go to. */
export function watch(masters: readonly Master[], times: ProxyTiming): Watch {
  const timers = new Map<Master, NodeJS.Timeout>();
  const probes = new Map(masters.map((master) => [master, new Probe(master, times.probePatience)]));
  let stopped = false;
  const look = async (master: Master, probe: Probe): Promise<void> => {
    master.see(await probe.look());
    if (stopped) return;
    shed(masters, times.drain);
    timers.set(
      master,
      setTimeout(() => void look(master, probe), master.isDoubtful ? times.probeAgain : times.probeEvery),
    );
  };
  const first = [...probes].map(async ([master, probe]) => {
    await look(master, probe);
    if (master.state !== "ready") throw new Error(`${master.address} is not ready`);
  });
  return {
    looked: Promise.any(first).catch(() => undefined),
    stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      for (const probe of probes.values()) probe.close();
    },
  };
}

// A dead machine sends no reset: without this a kubelet would wait on its connection for a quarter of an hour, which is how
// long TCP repeats what was not acknowledged.
function shed(masters: readonly Master[], drainMs: number): void {
  if (!masters.some(({ state }) => state === "ready")) return;
  for (const master of masters) {
    const isOver = master.state === "silent" || (master.state === "unready" && performance.now() - master.since >= drainMs);
    if (isOver) master.shed();
  }
}
