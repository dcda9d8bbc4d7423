import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";

export interface Ask {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A file that is sent instead of a body. */
  readonly from?: string;
  /** A file that takes the body of a 200; the answer has its digest then, and no text. */
  readonly into?: string;
  /** Whom to trust, and as whom to speak, instead of the system's authorities and nobody. */
  readonly tls?: Tls;
  /** For the whole exchange; where a file is sent or taken, for the time in which no byte moves. */
  readonly patienceMs: number;
}

/** PEM texts. */
export interface Tls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name that the server must have, where it is asked by an address. */
  readonly servername?: string;
}

/** How long a store may take. */
export interface Patience {
  /** For an object that fits into memory. */
  readonly answerMs: number;
  /** For a file: the time in which no byte moves. */
  readonly idleMs: number;
}

export const patience: Patience = { answerMs: 10_000, idleMs: 30_000 };

export type Answer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
      readonly sha256?: string;
    }
  /** What was asked for may have been done. */
  | { readonly kind: "unanswered"; readonly reason: string };

/** No object that an agent reads into memory is near it: the largest are role configurations and the agent's own bundle. */
const largestText = 32 * 2 ** 20;

/** Bytes. TLS hands over a sixteenth of a mebibyte at most: programs have thousands of those. */
const writtenAtOnce = 2 ** 20;

/** One HTTP request and its whole answer; half an answer is none. */
export async function exchange(ask: Ask): Promise<Answer> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), ask.patienceMs);
  const moved = () => timer.refresh();
  try {
    const response = await respond(ask, silence.signal, moved);
    const status = response.statusCode ?? 0;
    if (ask.into === undefined || status !== 200) {
      return { kind: "answered", status, headers: response.headers, text: await textOf(response) };
    }
    const hash = createHash("sha256");
    const passing = metered((bytes) => (moved(), hash.update(bytes)));
    await pipeline(response, passing, createWriteStream(ask.into, { mode: 0o600, highWaterMark: writtenAtOnce }));
    return { kind: "answered", status, headers: response.headers, text: "", sha256: hash.digest("hex") };
  } catch (reason) {
    return { kind: "unanswered", reason: silence.signal.aborted ? `no answer within ${ask.patienceMs / 1000} s` : said(reason) };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether what is asked answers 200. */
export async function isOk(url: URL, patienceMs: number, tls?: Tls): Promise<boolean> {
  const answer = await exchange({ method: "GET", url, patienceMs, ...(tls && { tls }) });
  return answer.kind === "answered" && answer.status === 200;
}

function respond(ask: Ask, signal: AbortSignal, moved: () => unknown): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const open = ask.url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = open(ask.url, { method: ask.method, headers: ask.headers, signal, ...ask.tls });
    request.once("response", resolve);
    request.on("error", reject);
    if (ask.from === undefined) {
      request.end(ask.body);
      return;
    }
    const file = createReadStream(ask.from);
    file.on("data", moved);
    file.once("error", (reason) => request.destroy(reason));
    request.once("close", () => file.destroy());
    file.pipe(request);
  });
}

function metered(passes: (bytes: Buffer) => void) {
  return async function* (source: AsyncIterable<Buffer>) {
    for await (const bytes of source) {
      passes(bytes);
      yield bytes;
    }
  };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > largestText) throw new Error(`more than ${largestText} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** What went wrong, in one line. */
export function said(reason: unknown): string {
  const { code = "", message = String(reason) } = reason as NodeJS.ErrnoException;
  return message.includes(code) ? message : `${code} ${message}`.trim();
}
