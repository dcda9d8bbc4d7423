import { request as forward, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { signed, type AwsCredentials } from "../../agent/store/sigv4";
import type { KeyPair } from "../authority";
import type { Gateway } from "./gateway";
import { moody, type StoreFront } from "./moods";
import { isAllowed, type Caller } from "./rights";
import { accessKeyOf, refusal, type Refusal } from "./signature";
import { Turns } from "./turns";

/** Who asks, and what they sign with, by the address and the access key that a request comes with; undefined for a stranger. */
export type Known = (address: string, accessKey: string) => { readonly caller: Caller; readonly credentials: AwsCredentials } | undefined;

/**
 * S3 as machines reach it: under its own name with TLS, by the rights of roles, and with their own signatures. Behind it, the
 * gateway knows one account: what passes is signed anew.
 */
export function storeFront(tls: KeyPair, gateway: Gateway, known: Known, now: () => number = Date.now): StoreFront {
  return moody(
    tls,
    (request, response) => serve(request, response, gateway, known, now()),
    (_, response) => refuse(response, 503, slowDown),
  );
}

const slowDown: Refusal = { code: "SlowDown", message: "Please reduce your request rate." };
const denied: Refusal = { code: "AccessDenied", message: "Access Denied" };

function serve(request: IncomingMessage, response: ServerResponse, gateway: Gateway, known: Known, now: number): void {
  const { method = "", url = "/", headers } = request;
  const machine = known(request.socket.remoteAddress ?? "", accessKeyOf(headers));
  if (!machine || url === "/") return refuse(response, 403, denied);
  const wrong = refusal({ method, path: url, headers }, machine.credentials, now);
  if (wrong) return refuse(response, 403, wrong);
  const { pathname, searchParams: query } = new URL(url, "http://gateway");
  const [, bucket = "", ...parts] = pathname.split("/");
  const key = parts.map(decodeURIComponent).join("/");
  if (bucket !== gateway.bucket || !isAllowed(machine.caller, { method, key, headers, query })) return refuse(response, 403, denied);
  // Artifacts never change, are large, and are read by all machines at once.
  if (key.startsWith("artifacts/")) pass(request, response, gateway);
  else void turns.take(key, () => passed(request, response, gateway));
}

const turns = new Turns();

/** Over when the answer is, or nobody waits for it any more. */
function passed(request: IncomingMessage, response: ServerResponse, gateway: Gateway): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed) return resolve();
    response.once("close", resolve);
    pass(request, response, gateway);
  });
}

function pass(request: IncomingMessage, response: ServerResponse, { socket, region, credentials }: Gateway): void {
  const { method = "", url = "/" } = request;
  const target = new URL(url, "http://gateway");
  const sha256 = [request.headers["x-amz-content-sha256"] ?? ""].flat().join();
  const headers = signed({ method, url: target, headers: kept(request), sha256 }, credentials, region, Date.now());
  const passed = forward({ socketPath: socket, method, path: target.pathname + target.search, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers as OutgoingHttpHeaders);
    answer.pipe(response);
  });
  passed.once("error", () => (response.headersSent ? response.destroy() : refuse(response, 503, slowDown)));
  response.once("close", () => passed.destroy());
  request.pipe(passed);
}

/** Of the sender's connection, and of its signature. */
const own = /^(host|connection|expect|user-agent|accept.*|transfer-encoding|authorization|x-amz-(date|content-sha256|security-token))$/;

function kept({ headers }: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(",")] as const],
  );
  return Object.fromEntries(pairs.filter(([name]) => !own.test(name)));
}

function refuse(response: ServerResponse, status: number, { code, message }: Refusal): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  // What is still being sent is of no use: the connection ends with the answer.
  response.writeHead(status, { "content-type": "application/xml", "content-length": Buffer.byteLength(body), connection: "close" });
  response.end(body);
}
