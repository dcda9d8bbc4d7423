import { createReadStream, statSync } from "node:fs";
import { request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { KeyPair } from "../authority";

/** TLS before the emulated cloud, under the names that machines use. */
export function storeFront(tls: KeyPair, backend: string): Server {
  const { hostname, port, host } = new URL(backend);
  return createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
    const { url: path, method } = request;
    const passed = forward({ hostname, port, path, method, headers: { ...request.headers, host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.once("error", () => response.writeHead(503).end());
    request.pipe(passed);
  });
}

/** Upstream's files behind one name. @param files by path */
export function mirror(tls: KeyPair, files: Readonly<Record<string, string>>): Server {
  return createServer({ cert: tls.certificate, key: tls.key }, (request, response) => give(request, response, files[request.url ?? ""]));
}

function give(request: IncomingMessage, response: ServerResponse, file: string | undefined): void {
  if (file === undefined) response.writeHead(404).end();
  else {
    response.writeHead(200, { "content-length": statSync(file).size });
    if (request.method === "HEAD") response.end();
    else createReadStream(file).pipe(response);
  }
}
