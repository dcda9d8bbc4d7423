import { stat } from "node:fs/promises";
import { dateOf, encoded, failureOf, header, is, type StoreError } from "./answers";
import { exchangeAs, type Credentials } from "./credentials";
import { patience, type Answer, type Ask, type Patience } from "./exchange";
import type { FileStore } from "./files";
import { sha256, signed, type AwsCredentials } from "./sigv4";
import type { Deleting, Failure, Listing, Reading, Store, Writing } from "./store";

export interface S3Bucket {
  readonly bucket: string;
  readonly region: string;
  /** `https://s3.eu-central-1.amazonaws.com`, or that of an S3-compatible store. */
  readonly endpoint: string;
  /** @default "path", which every store knows */
  readonly style?: "path" | "virtual-host";
  /** The KMS key, as id, ARN or alias, that seals an object; undefined leaves it to the bucket. */
  readonly sealedBy?: (key: string) => string | undefined;
}

/**
 * S3 and what speaks its language. A version is the ETag: two objects with the same body may have the same one.
 * Nothing is tried twice here; who calls knows what a second try may mean.
 */
export class S3Store implements Store, FileStore {
  private readonly root: string;
  /** What the store's clock is ahead of this machine's, learnt when the store refuses a signature for its time. */
  private aheadMs = 0;

  constructor(
    private readonly place: S3Bucket,
    private readonly credentials: Credentials<AwsCredentials>,
    private readonly wait: Patience = patience,
  ) {
    const { protocol, host } = new URL(place.endpoint);
    this.root = place.style === "virtual-host" ? `${protocol}//${place.bucket}.${host}/` : `${protocol}//${host}/${place.bucket}/`;
  }

  async get(key: string): Promise<Reading> {
    const answer = await this.ask({ method: "GET", url: this.at(key) });
    const now = dateOf(answer);
    const version = header(answer, "etag");
    if (is(answer, 200) && version !== undefined && !Number.isNaN(now)) return { kind: "found", body: answer.text, version, now };
    if (isAbsent(answer) && !Number.isNaN(now)) return { kind: "absent", now };
    return this.failure(answer);
  }

  putIfAbsent(key: string, body: string): Promise<Writing> {
    return this.put(key, { "if-none-match": "*" }, { body, sha256: sha256(body) });
  }

  putIfMatch(key: string, body: string, version: string): Promise<Writing> {
    return this.put(key, { "if-match": version }, { body, sha256: sha256(body) });
  }

  async list(prefix: string): Promise<Listing> {
    const keys: string[] = [];
    for (let token: string | undefined = ""; token !== undefined;) {
      const url = new URL(this.root);
      const more = token === "" ? {} : { "continuation-token": token };
      for (const [name, value] of Object.entries({ "list-type": "2", prefix, ...more })) {
        url.searchParams.set(name, value);
      }
      const answer = await this.ask({ method: "GET", url });
      if (!is(answer, 200) || !answer.text.includes("</ListBucketResult>")) return this.failure(answer);
      keys.push(...[...answer.text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => unescaped(key)));
      token = inside(answer.text, "NextContinuationToken");
    }
    return { kind: "listed", keys: keys.sort() };
  }

  async delete(key: string): Promise<Deleting> {
    const answer = await this.ask({ method: "DELETE", url: this.at(key) });
    return is(answer, 204) || is(answer, 200) || isAbsent(answer) ? { kind: "deleted" } : this.failure(answer);
  }

  async getFile(key: string, path: string): ReturnType<FileStore["getFile"]> {
    const answer = await this.ask({ method: "GET", url: this.at(key), into: path });
    if (answer.kind === "answered" && answer.sha256 !== undefined) return { kind: "found", sha256: answer.sha256 };
    return isAbsent(answer) ? { kind: "absent" } : this.failure(answer);
  }

  async putFileIfAbsent(key: string, path: string, sha256: string): Promise<Writing> {
    // A store that answers early resets the upload of what it has, which looks like a store that is away; and why send it.
    if (is(await this.ask({ method: "HEAD", url: this.at(key) }), 200)) return { kind: "conflict" };
    const { size } = await stat(path);
    return this.put(key, { "if-none-match": "*", "content-length": String(size) }, { from: path, sha256 });
  }

  private async put(
    key: string,
    condition: Record<string, string>,
    content: Pick<Ask, "body" | "from"> & { sha256: string },
  ): Promise<Writing> {
    const seal = this.place.sealedBy?.(key);
    const sealing = { "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": seal ?? "" };
    const headers = { ...condition, ...(seal === undefined ? {} : sealing) };
    const answer = await this.ask({ method: "PUT", url: this.at(key), headers, ...content });
    const version = header(answer, "etag");
    if (is(answer, 200) && version !== undefined) return { kind: "written", version };
    // If-Match on an object that is not there: S3 answers 404.
    if (is(answer, 412) || is(answer, 409) || isAbsent(answer)) return { kind: "conflict" };
    return this.failure(answer);
  }

  private ask({
    sha256: payload = sha256(""),
    headers = {},
    ...ask
  }: Omit<Ask, "patienceMs"> & { readonly sha256?: string }): Promise<Answer> {
    const length = ask.body === undefined ? {} : { "content-length": String(Buffer.byteLength(ask.body)) };
    const unsigned = { ...ask, headers: { ...headers, ...length }, sha256: payload };
    return exchangeAs(this.credentials, this.wait, ask, (credentials) =>
      signed(unsigned, credentials, this.place.region, Date.now() + this.aheadMs),
    );
  }

  /** Learns from what the store refuses: the next call has the right time, or new credentials. */
  private failure(answer: Answer): Failure {
    const failure = failureOf(answer, errorOf);
    const code = answer.kind === "answered" ? errorOf(answer.text).code : "";
    if (["RequestTimeTooSkewed", "RequestExpired"].includes(code) && !Number.isNaN(dateOf(answer))) {
      this.aheadMs = dateOf(answer) - Date.now();
      return { ...failure, kind: "unavailable" };
    }
    if (!["ExpiredToken", "InvalidToken", "TokenRefreshRequired"].includes(code)) return failure;
    this.credentials.drop();
    return { ...failure, kind: "unavailable" };
  }

  private at(key: string): URL {
    return new URL(this.root + key.split("/").map(encoded).join("/"));
  }
}

/** Only the store itself says so: a missing bucket, or a stranger's 404, must not look like a cluster that never was. */
function isAbsent(answer: Answer): boolean {
  return is(answer, 404) && errorOf(answer.text).code === "NoSuchKey";
}

function errorOf(text: string): StoreError {
  return { code: inside(text, "Code") ?? "", message: inside(text, "Message") ?? "" };
}

function inside(xml: string, element: string): string | undefined {
  const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  return found === undefined ? undefined : unescaped(found);
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescaped(text: string): string {
  return text.replace(/&(?:(lt|gt|quot|apos|amp)|#(\d+)|#x([\da-fA-F]+));/g, (_, name?: string, decimal?: string, hex?: string) =>
    name === undefined ? String.fromCodePoint(parseInt(decimal ?? hex ?? "", decimal === undefined ? 16 : 10)) : (entities[name] ?? ""),
  );
}
