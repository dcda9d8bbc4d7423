import { stat } from "node:fs/promises";
import * as z from "zod";
import { dateOf, encoded, failureOf, header, is, type StoreError } from "./answers";
import { exchangeAs, type Credentials } from "./credentials";
import { patience, type Answer, type Ask, type Patience } from "./exchange";
import type { FileStore } from "./files";
import type { Deleting, Failure, Listing, Reading, Store, Writing } from "./store";

export interface GcsBucket {
  readonly bucket: string;
  /** @default "https://storage.googleapis.com" */
  readonly endpoint?: string;
  /** The Cloud KMS key that seals an object; undefined leaves it to the bucket. */
  readonly sealedBy?: (key: string) => string | undefined;
}

const uploaded = z.object({ generation: z.string() });
const page = z.object({ items: z.array(z.object({ name: z.string() })).default([]), nextPageToken: z.string().optional() });
const refusal = z.object({ error: z.object({ message: z.string(), errors: z.array(z.object({ reason: z.string() })).optional() }) });

/** Google Cloud Storage through its JSON API. A version is a generation, which no other object under this key ever has. */
export class GcsStore implements Store, FileStore {
  private readonly endpoint: string;

  constructor(
    private readonly place: GcsBucket,
    private readonly credentials: Credentials<string>,
    private readonly wait: Patience = patience,
  ) {
    this.endpoint = place.endpoint ?? "https://storage.googleapis.com";
  }

  async get(key: string): Promise<Reading> {
    const answer = await this.ask({ method: "GET", url: this.at(key, { alt: "media" }) });
    const now = dateOf(answer);
    const version = header(answer, "x-goog-generation");
    if (is(answer, 200) && version !== undefined && !Number.isNaN(now)) return { kind: "found", body: answer.text, version, now };
    if (this.isAbsent(answer) && !Number.isNaN(now)) return { kind: "absent", now };
    return this.failure(answer);
  }

  putIfAbsent(key: string, body: string): Promise<Writing> {
    return this.put(key, "0", { body, bytes: Buffer.byteLength(body) });
  }

  putIfMatch(key: string, body: string, version: string): Promise<Writing> {
    return this.put(key, version, { body, bytes: Buffer.byteLength(body) });
  }

  async list(prefix: string): Promise<Listing> {
    const keys: string[] = [];
    for (let token: string | undefined = ""; token !== undefined;) {
      const more: Record<string, string> = token === "" ? {} : { pageToken: token };
      const answer = await this.ask({ method: "GET", url: this.url("", { prefix, fields: "items/name,nextPageToken", ...more }) });
      const found = is(answer, 200) ? page.safeParse(json(answer.text)) : undefined;
      if (!found?.success) return this.failure(answer);
      keys.push(...found.data.items.map(({ name }) => name));
      token = found.data.nextPageToken;
    }
    return { kind: "listed", keys: keys.sort() };
  }

  async delete(key: string): Promise<Deleting> {
    const answer = await this.ask({ method: "DELETE", url: this.at(key) });
    return is(answer, 204) || is(answer, 200) || this.isAbsent(answer) ? { kind: "deleted" } : this.failure(answer);
  }

  async getFile(key: string, path: string): ReturnType<FileStore["getFile"]> {
    const answer = await this.ask({ method: "GET", url: this.at(key, { alt: "media" }), into: path });
    if (answer.kind === "answered" && answer.sha256 !== undefined) return { kind: "found", sha256: answer.sha256 };
    return this.isAbsent(answer) ? { kind: "absent" } : this.failure(answer);
  }

  async putFileIfAbsent(key: string, path: string): Promise<Writing> {
    return this.put(key, "0", { from: path, bytes: (await stat(path)).size });
  }

  private async put(key: string, generation: string, content: Pick<Ask, "body" | "from"> & { bytes: number }): Promise<Writing> {
    const seal = this.place.sealedBy?.(key);
    const url = this.url("", {
      uploadType: "media",
      name: key,
      ifGenerationMatch: generation,
      ...(seal === undefined ? {} : { kmsKeyName: seal }),
    });
    url.pathname = `/upload${url.pathname}`;
    const { bytes, ...body } = content;
    const headers = { "content-type": "application/octet-stream", "content-length": String(bytes) };
    const answer = await this.ask({ method: "POST", url, headers, ...body });
    const written = is(answer, 200) ? uploaded.safeParse(json(answer.text)) : undefined;
    if (written?.success) return { kind: "written", version: written.data.generation };
    if (is(answer, 412) || is(answer, 409)) return { kind: "conflict" };
    // Who may only create is forbidden to overwrite, which may be said before what the condition says.
    if (is(answer, 403) && generation === "0" && (await this.isThere(key))) return { kind: "conflict" };
    return this.failure(answer);
  }

  private async isThere(key: string): Promise<boolean> {
    return is(await this.ask({ method: "GET", url: this.at(key, { fields: "generation" }) }), 200);
  }

  private ask({ headers = {}, ...ask }: Omit<Ask, "patienceMs">): Promise<Answer> {
    return exchangeAs(this.credentials, this.wait, ask, (token) => ({ ...headers, authorization: `Bearer ${token}` }));
  }

  private failure(answer: Answer): Failure {
    const failure = failureOf(answer, errorOf);
    if (!is(answer, 401)) return failure;
    this.credentials.drop();
    return { ...failure, kind: "unavailable" };
  }

  private isAbsent(answer: Answer): boolean {
    return is(answer, 404) && absence.test(errorOf(answer.text).message);
  }

  private at(key: string, query: Readonly<Record<string, string>> = {}): URL {
    return this.url(`/${encoded(key)}`, query);
  }

  private url(path: string, query: Readonly<Record<string, string>>): URL {
    const url = new URL(`/storage/v1/b/${encoded(this.place.bucket)}/o${path}`, this.endpoint);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }
}

/** Only the store itself says so: a missing bucket, or a stranger's 404, must not look like a cluster that never was. "Not Found" is the emulator's form. */
const absence = /^(No such object: |Not Found$)/;

/** JSON, or for media the bare text. */
function errorOf(text: string): StoreError {
  const parsed = refusal.safeParse(json(text));
  if (!parsed.success) return { code: "", message: text.trim().slice(0, 200) };
  return { code: parsed.data.error.errors?.[0]?.reason ?? "", message: parsed.data.error.message };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
