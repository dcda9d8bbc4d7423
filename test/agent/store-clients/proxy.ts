import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong between a client and its store. */
export interface Faults {
  /** Answered by the proxy, without asking the store. */
  answer?: { readonly status: number; readonly text: string; readonly headers?: Record<string, string> };
  /** The connection ends before the store is asked, or after it has done what it was asked for. */
  reset?: "before" | "after";
  /** The answer takes this long. */
  delayMs?: number;
  /** Half of the answer's body, then the end of the connection. */
  torn?: boolean;
  /** The store never sees the conditions of a put. */
  unconditional?: boolean;
}

export interface Proxy {
  readonly endpoint: string;
  faults: Faults;
  /** Headers of the requests so far. */
  readonly seen: IncomingMessage["headers"][];
  /** Their paths and queries. */
  readonly urls: string[];
  stop(): Promise<void>;
}

export async function proxyTo(endpoint: string, { oneAtATime = false } = {}): Promise<Proxy> {
  const target = new URL(endpoint);
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer((from, to) => {
    const turn = oneAtATime ? last.then(() => handle(from, to)) : handle(from, to);
    last = turn.catch(() => to.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: Proxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: {},
    seen: [],
    urls: [],
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;

  async function handle(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const { faults } = proxy;
    proxy.seen.push(from.headers);
    proxy.urls.push(from.url ?? "");
    const body = await bytesOf(from);
    if (faults.reset === "before") return void from.socket.destroy();
    if (faults.answer) return void to.writeHead(faults.answer.status, faults.answer.headers).end(faults.answer.text);
    const { status, headers, text } = await forward(from, body, faults.unconditional === true);
    if (faults.reset === "after") return void from.socket.destroy();
    if (faults.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, faults.delayMs).unref());
    to.writeHead(status, { ...headers, "content-length": text.length });
    if (!faults.torn) return void to.end(text);
    to.write(text.subarray(0, text.length / 2));
    setTimeout(() => from.socket.destroy(), 20);
  }

  async function forward(from: IncomingMessage, body: Buffer, unconditional: boolean) {
    const url = new URL(from.url ?? "/", target);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(from.headers)) if (typeof value === "string") headers[name] = value;
    if (unconditional) {
      delete headers["if-match"];
      delete headers["if-none-match"];
      url.searchParams.delete("ifGenerationMatch");
    }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { method: from.method, headers }, resolve).on("error", reject).end(body);
    });
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await bytesOf(answer) };
  }
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}
