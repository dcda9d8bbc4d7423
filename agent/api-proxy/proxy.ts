import { createServer, type AddressInfo, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { connectToAny, join } from "./connection";
import { proxyTiming, watch, type ProxyTiming } from "./health";
import { Master } from "./master";

export interface ApiProxyOptions {
  /** `127.0.0.1:7445` */
  readonly listen: string;
  /** `10.0.1.6:6443` of every master */
  readonly masters: readonly string[];
  /** That of this machine, `10.0.1.6:6443`. @default the master whose address one of the machine's interfaces has */
  readonly own?: string;
  readonly say: (line: string) => void;
  readonly times?: ProxyTiming;
}

export interface ApiProxy {
  readonly port: number;
  /** Open connections of clients. */
  connections(): number;
  close(): Promise<void>;
}

/** The kubelet, the CNI and a few controllers open some dozens; a process may have 1,024 files, and each takes two of them. */
const mostConnections = 400;

/**
 * Passes TCP on to an API server: to this machine's own, and else to the others, those that are ready before all others.
 * When none is, all are tried all the same. Where nothing else decides, the order is drawn once, so that machines spread.
 * @throws Error when it cannot listen, or for an address that is none
 */
export async function startApiProxy({ listen, masters, own, say, times = proxyTiming }: ApiProxyOptions): Promise<ApiProxy> {
  const at = endpoint(listen);
  const known = shuffled(masters.map(endpoint).map(({ host, port }) => new Master(host, port, say)));
  if (known.length === 0) throw new Error("no masters were given");
  const watched = watch(known, times);
  const clients = new Set<Socket>();

  const serve = async (client: Socket): Promise<void> => {
    clients.add(client);
    client.once("close", () => clients.delete(client));
    client.on("error", () => client.destroy());
    await watched.looked;
    const connected = await connectToAny(ordered(known, own), times);
    if (connected === undefined) {
      client.destroy();
      return;
    }
    const { upstream, master } = connected;
    if (client.destroyed) {
      upstream.destroy();
      return;
    }
    master.connections.add(upstream);
    upstream.once("close", () => master.connections.delete(upstream));
    join(client, upstream, times);
  };

  // Nothing is read of a client before there is a master to pass it on to.
  const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: times.keepAlive };
  const server = createServer(options, (client) => void serve(client));
  server.maxConnections = mostConnections;
  let dropped = 0;
  server.on("drop", () => {
    if (dropped++ % mostConnections === 0) say(`${mostConnections} connections are open: more are refused (${dropped} so far)`);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(at.port, at.host, resolve);
    });
  } catch (reason) {
    watched.stop();
    throw reason;
  }
  server.on("error", (reason) => say(`listening: ${reason.message}`));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => clients.size,
    async close() {
      watched.stop();
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const rank = { ready: 0, unready: 1, silent: 2 } as const;

function ordered(masters: readonly Master[], own: string | undefined): readonly Master[] {
  // Asked again each time: a machine may get its address after this process has started.
  const here = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const isOwn = ({ host, address }: Master): boolean => (own === undefined ? here.includes(host) : own === address);
  const place = (master: Master): number => rank[master.state] * 2 + (isOwn(master) ? 0 : 1);
  return [...masters].sort((a, b) => place(a) - place(b));
}

function shuffled<T>(all: readonly T[]): readonly T[] {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

function endpoint(text: string): { host: string; port: number } {
  const [, host, port] = /^([^:]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined) throw new Error(`"${text}" is no address and port, such as 127.0.0.1:7445`);
  return { host, port: Number(port) };
}
