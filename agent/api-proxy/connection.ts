import { connect, type Socket } from "node:net";
import type { ProxyTiming } from "./health";
import type { Master } from "./master";

/** A connection to the first master that takes it; undefined when none does. A refusal is a sign like that of a probe. */
export async function connectToAny(
  masters: readonly Master[],
  times: ProxyTiming,
): Promise<{ upstream: Socket; master: Master } | undefined> {
  for (const master of masters) {
    const upstream = await connectTo(master, times);
    if (upstream instanceof Error) master.see({ sign: "silent", reason: upstream.message });
    else return { upstream, master };
  }
  return undefined;
}

function connectTo({ host, port }: Master, times: ProxyTiming): Promise<Socket | Error> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: times.keepAlive,
    });
    const fail = (reason: NodeJS.ErrnoException): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(new Error(reason.code ?? reason.message));
    };
    const late = setTimeout(() => fail(new Error(`no connection within ${times.connect / 1000} s`)), times.connect);
    socket.once("error", fail);
    socket.once("connect", () => {
      clearTimeout(late);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

/** Passes bytes on in both directions, no faster than either side takes them, until both have ended or one has failed. */
export function join(client: Socket, upstream: Socket, times: ProxyTiming): void {
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on("error", () => one.destroy());
    one.once("close", () => other.destroy());
    one.once("end", () => {
      // Ended and silent: nothing would ever close what the other side has forgotten.
      other.setTimeout(times.halfOpen, () => other.destroy());
    });
    one.pipe(other);
  }
}
