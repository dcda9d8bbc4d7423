import type * as z from "zod";
import type { Absent, Deleting, Failure, Listing, Store, Writing } from "./store";

/** An object that is there, and is what it should be. */
export interface Found<T> {
  readonly kind: "found";
  readonly value: T;
  readonly version: string;
  readonly now: number;
}

/** An object that is there and does not parse: torn, or written by something else. Never overwritten by an agent. */
export interface Torn {
  readonly kind: "torn";
  readonly reason: string;
  readonly version: string;
  readonly now: number;
}

export type Read<T> = Found<T> | Absent | Torn | Failure;

/**
 * Objects parsed so far, by key; an object is parsed once. A version alone does not say what was read: one of S3 comes back with
 * the same body, and some stores give the next body under it while they are written to (docs/vsphere.md).
 */
export type ParsedObjects = Map<string, { readonly body: string; readonly parsed: { value: unknown } | { torn: string } }>;

/** The cluster store with the schema of every object held on reading, and the store's clock kept between calls. */
export class Objects {
  private heard?: { readonly storeNow: number; readonly at: number };

  /** `monotonic` counts milliseconds since any point; the machine's own clock is never asked. */
  constructor(
    private readonly store: Store,
    readonly monotonic: () => number,
    private readonly parsed: ParsedObjects = new Map(),
  ) {}

  async read<T>(key: string, schema: z.ZodType<T>): Promise<Read<T>> {
    const asked = this.monotonic();
    const reading = await this.store.get(key);
    if (reading.kind === "unavailable" || reading.kind === "forbidden") return reading;
    this.heard = { storeNow: reading.now, at: asked };
    if (reading.kind === "absent") return reading;
    const { body, version, now } = reading;
    const known = this.parsed.get(key);
    const parsed = known?.body === body ? known.parsed : parse(body, schema);
    if (parsed !== known?.parsed) this.parsed.set(key, { body, parsed });
    return "torn" in parsed
      ? { kind: "torn", reason: parsed.torn, version, now }
      : { kind: "found", value: parsed.value as T, version, now };
  }

  create(key: string, value: unknown): Promise<Writing> {
    return this.store.putIfAbsent(key, JSON.stringify(value));
  }

  replace(key: string, value: unknown, version: string): Promise<Writing> {
    return this.store.putIfMatch(key, JSON.stringify(value), version);
  }

  list(prefix: string): Promise<Listing> {
    return this.store.list(prefix);
  }

  delete(key: string): Promise<Deleting> {
    return this.store.delete(key);
  }

  /**
   * The store's clock, in milliseconds since 1970: its last answer and what passed since that was asked for, so never early
   * by more than one call takes. Undefined until the store was heard.
   */
  now(): number | undefined {
    return this.heard && this.heard.storeNow + this.monotonic() - this.heard.at;
  }
}

function parse(body: string, schema: z.ZodType): { value: unknown } | { torn: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { torn: "it is not JSON" };
  }
  const result = schema.safeParse(json);
  if (result.success) return { value: result.data };
  const [issue] = result.error.issues;
  return { torn: issue ? `${issue.path.join(".") || "object"}: ${issue.message}` : "it does not have its shape" };
}
