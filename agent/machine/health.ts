import { createServer, type Server } from "node:http";
import { port } from "../../constructs/spec/ports";
import { metrics } from "../metrics";
import type { Peer } from "../observation";

/** What the health port tells; filled in by the role's loops as they learn it. */
export interface Health {
  /** Whether the machine serves: its member votes, its API server is ready, its kubelet is healthy. */
  serves: boolean;
  /** What an etcd seat says to the others. */
  peer?: Peer | undefined;
  /** In a word, for people. */
  state: string;
}

/**
 * The health port of every role. `/livez` asks whether replacing this machine would help, so it answers 200 as long as this
 * program works, in WAIT and HALT too; `/readyz` says whether the machine serves. Neither asks anybody else.
 */
export function startHealth(
  health: Health,
  listen: { readonly host?: string; readonly port: number } = { port: port.agentHealth },
): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = answers(health)[request.url ?? ""];
    if (!answer) response.writeHead(404).end();
    else response.writeHead(answer.status, { "content-type": answer.type ?? "text/plain" }).end(answer.body);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, listen.host, () => resolve(server));
  });
}

interface Said {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

function answers(health: Health): Readonly<Record<string, Said>> {
  return {
    "/livez": { status: 200, body: "ok\n" },
    "/readyz": { status: health.serves ? 200 : 503, body: `${health.state}\n` },
    "/metrics": { status: 200, body: metrics.text(), type: "text/plain; version=0.0.4" },
    ...(health.peer && { "/peer": { status: 200, body: JSON.stringify(health.peer), type: "application/json" } }),
  };
}
