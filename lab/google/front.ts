import { request as forward, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { KeyPair } from "../authority";
import { moody, type StoreFront } from "../store/moods";
import type { Caller } from "../store/rights";
import { forbidden, refuse, unauthorized, unavailable } from "./refused";
import { askedOf, isAllowed } from "./rights";

/** What stands behind the front. */
export interface Emulator {
  readonly socket: string;
  readonly bucket: string;
}

/** Who shows a token; undefined for a stranger. */
export type Known = (authorization: string | undefined) => Caller | undefined;

/**
 * Cloud Storage as machines reach it: under its own name with TLS, by tokens, and by the rights of roles. The emulator swaps
 * and compares rightly by itself, as `test/lab/google/store.test.ts` measures: nobody has to take turns here.
 */
export function storeFront(tls: KeyPair, emulator: Emulator, known: Known): StoreFront {
  return moody(
    tls,
    (request, response) => {
      const { method = "", url = "/", headers } = request;
      const caller = known(headers.authorization);
      if (!caller) return refuse(response, unauthorized);
      const asked = askedOf(method, new URL(url, "http://emulator"), emulator.bucket);
      if (!asked || !isAllowed(caller, asked)) return refuse(response, forbidden);
      pass(request, response, emulator);
    },
    (_, response) => refuse(response, unavailable),
  );
}

function pass(request: IncomingMessage, response: ServerResponse, { socket }: Emulator): void {
  const { method = "", url = "/", headers } = request;
  const passed = forward({ socketPath: socket, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers as OutgoingHttpHeaders);
    answer.pipe(response);
  });
  passed.once("error", () => (response.headersSent ? response.destroy() : refuse(response, unavailable)));
  response.once("close", () => passed.destroy());
  request.pipe(passed);
}
