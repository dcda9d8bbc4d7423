import { createReadStream, statSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { KeyPair } from "../authority";

/** Bytes. Gigabytes pass when all machines start, and smaller pieces cost this process twice as much. */
const readAtOnce = 2 ** 20;

/** Upstream's files behind one name. @param files by path */
export function mirror(tls: KeyPair, files: Readonly<Record<string, string>>): Server {
  return createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
    const file = files[request.url ?? ""];
    if (file === undefined) response.writeHead(404).end();
    else {
      response.writeHead(200, { "content-length": statSync(file).size });
      if (request.method === "HEAD") response.end();
      else createReadStream(file, { highWaterMark: readAtOnce }).pipe(response);
    }
  });
}
