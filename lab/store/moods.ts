import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { KeyPair } from "../authority";

/** How the store behaves. */
export type StoreMode =
  | { readonly kind: "ok" }
  /** Every connection is reset. */
  | { readonly kind: "refuse" }
  /** Every answer is late by so much. */
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "error503" };

export interface StoreFront {
  readonly server: Server;
  behave(mode: StoreMode): void;
}

/**
 * A server with TLS that can be made to misbehave.
 * @param serve answers as the store does
 * @param unavailable answers 503 as the store does
 */
export function moody(tls: KeyPair, serve: RequestListener, unavailable: RequestListener): StoreFront {
  let mode: StoreMode = { kind: "ok" };
  const connections = new Set<Socket>();
  const server = createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
    const answer = (): void => (mode.kind === "error503" ? unavailable : serve)(request, response);
    if (mode.kind === "slow") setTimeout(answer, mode.ms);
    else answer();
  });
  server.on("connection", (socket: Socket) => {
    if (mode.kind === "refuse") return void socket.resetAndDestroy();
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  return {
    server,
    behave(wanted) {
      mode = wanted;
      if (mode.kind === "refuse") connections.forEach((socket) => socket.resetAndDestroy());
    },
  };
}
