import * as z from "zod";
import { port } from "../../constructs/spec/ports";
import type { Place } from "../pki/place";
import { tlsFrom } from "../pki/tls-files";
import { exchange, type Ask, type Tls } from "../store/exchange";
import { fieldManager } from "./identities";
import { paths } from "./paths";

export type ApiFailure =
  /** The API said no: it changed nothing. */
  | { readonly kind: "refused"; readonly reason: string }
  /** No answer, or none that settles it: what was asked for may have been done. */
  | { readonly kind: "unavailable"; readonly reason: string };

export type ApiAnswer<T> =
  | { readonly kind: "answered"; readonly value: T }
  | { readonly kind: "absent"; readonly reason: string }
  /** It is there already, or has changed since it was read. */
  | { readonly kind: "conflict"; readonly reason: string }
  | ApiFailure;

const status = z.object({ message: z.string() });
const page = z.object({ metadata: z.object({ continue: z.string().optional() }), items: z.array(z.unknown()) });

/** Longer than an API server needs for anything here, shorter than people wait. */
const patienceMs = 5_000;
const pageSize = 500;

/** The Kubernetes API, by paths such as `/api/v1/nodes/a`. Files are read for every call, so that renewed ones count. */
export class Api {
  constructor(
    private readonly server: string,
    private readonly tls: () => Promise<Tls>,
  ) {}

  get<T>(path: string, schema: z.ZodType<T>): Promise<ApiAnswer<T>> {
    return this.ask("GET", path, schema);
  }

  /** All of a collection. */
  async list<T>(path: string, item: z.ZodType<T>, query: Readonly<Record<string, string>> = {}): Promise<ApiAnswer<readonly T[]>> {
    const items: T[] = [];
    let next = "";
    do {
      const wanted = new URLSearchParams({ ...query, limit: String(pageSize), ...(next === "" ? {} : { continue: next }) });
      const answer = await this.ask("GET", `${path}?${wanted}`, page);
      if (answer.kind !== "answered") return answer;
      const parsed = z.array(item).safeParse(answer.value.items);
      if (!parsed.success) return { kind: "unavailable", reason: `${path}: ${parsed.error.issues[0]?.message}` };
      items.push(...parsed.data);
      next = answer.value.metadata.continue ?? "";
    } while (next !== "");
    return { kind: "answered", value: items };
  }

  create(path: string, object: unknown): Promise<ApiAnswer<unknown>> {
    return this.ask("POST", path, z.unknown(), object);
  }

  /** Replaces an object, or a subresource of it, if it still has the version that it carries. */
  update(path: string, object: unknown): Promise<ApiAnswer<unknown>> {
    return this.ask("PUT", path, z.unknown(), object);
  }

  /** Server-side, and whoever else had set a field loses it; creates what is not there. */
  apply(path: string, object: unknown): Promise<ApiAnswer<unknown>> {
    return this.ask("PATCH", `${path}?fieldManager=${fieldManager}&force=true`, z.unknown(), object, "application/apply-patch+yaml");
  }

  /** Changes some fields of what is there. */
  merge(path: string, change: unknown): Promise<ApiAnswer<unknown>> {
    return this.ask("PATCH", path, z.unknown(), change, "application/merge-patch+json");
  }

  /** `uid` so that nothing else of the same name is deleted. */
  delete(path: string, uid?: string): Promise<ApiAnswer<unknown>> {
    return this.ask("DELETE", path, z.unknown(), uid === undefined ? undefined : { preconditions: { uid } });
  }

  private async ask<T>(
    method: Ask["method"],
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
    type = "application/json",
  ): Promise<ApiAnswer<T>> {
    const what = `${method} ${path}`;
    let tls: Tls;
    try {
      tls = await this.tls();
    } catch (reason) {
      return { kind: "unavailable", reason: `${what}: ${reason instanceof Error ? reason.message : String(reason)}` };
    }
    const sent = body === undefined ? undefined : JSON.stringify(body);
    // Node gives a DELETE no length by itself, and its body would be read as the next request of the connection.
    const about = sent === undefined ? {} : { "content-type": type, "content-length": String(Buffer.byteLength(sent)) };
    const headers = { accept: "application/json", ...about };
    const url = new URL(path, this.server);
    const answer = await exchange({ method, url, headers, ...(sent === undefined ? {} : { body: sent }), tls, patienceMs });
    if (answer.kind === "unanswered") return { kind: "unavailable", reason: `${what}: ${answer.reason}` };
    if (answer.status >= 200 && answer.status < 300) {
      const parsed = schema.safeParse(json(answer.text));
      if (parsed.success) return { kind: "answered", value: parsed.data };
      const [issue] = parsed.error.issues;
      return { kind: "unavailable", reason: `${what}: ${issue?.path.join(".")}: ${issue?.message}` };
    }
    const said = status.safeParse(json(answer.text));
    const reason = `${what}: ${answer.status} ${said.success ? said.data.message : answer.text.slice(0, 300)}`;
    return { kind: kindOf(answer.status), reason };
  }
}

function kindOf(code: number): "absent" | "conflict" | "refused" | "unavailable" {
  if (code === 404) return "absent";
  if (code === 409) return "conflict";
  // 429 is a server that is busy, or a disruption budget that is used up: both pass.
  return code >= 400 && code < 500 && code !== 429 ? "refused" : "unavailable";
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A master's agent at the API server of its own machine. */
export function adminApi(place: Place): Api {
  return new Api(`https://127.0.0.1:${port.api}`, () => tlsFrom(place, paths.authorities, `${paths.admin}.crt`, `${paths.admin}.key`));
}

/** A machine's agent as its kubelet, at whichever API server is healthy. */
export function nodeApi(place: Place): Api {
  return new Api(`https://127.0.0.1:${port.apiProxy}`, () => tlsFrom(place, paths.authorities, paths.kubeletClient, paths.kubeletClient));
}
