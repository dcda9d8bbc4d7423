import { request, type IncomingHttpHeaders } from "node:http";
import { encoded } from "../../agent/store/answers";
import { sha256, signed } from "../../agent/store/sigv4";
import type { Gateway } from "./gateway";

/** The cluster's store as its pipeline and people see it: no rights hold them, and no fault of the front reaches them. */
export interface Bucket {
  make(): Promise<void>;
  /** Undefined when there is none. */
  get(key: string): Promise<string | undefined>;
  put(key: string, body: string): Promise<void>;
  keys(prefix?: string): Promise<readonly string[]>;
  delete(key: string): Promise<void>;
  /** Deletes all objects. @returns their keys */
  empty(): Promise<readonly string[]>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export function bucketOf(gateway: Gateway): Bucket {
  const ask = async (method: string, path: string, wanted: readonly number[], body = ""): Promise<Answer> => {
    const answer = await asked(gateway, method, `/${gateway.bucket}${path}`, body);
    if (wanted.includes(answer.status)) return answer;
    throw new Error(`${method} ${path}: the store answered ${answer.status} ${answer.text}`);
  };
  const at = (key: string): string => `/${key.split("/").map(encoded).join("/")}`;
  const bucket: Bucket = {
    make: async () => void (await ask("PUT", "", [200])),
    async get(key) {
      const { status, text } = await ask("GET", at(key), [200, 404]);
      return status === 200 ? text : undefined;
    },
    put: async (key, body) => void (await ask("PUT", at(key), [200], body)),
    async keys(prefix = "") {
      const found: string[] = [];
      for (let last: string | undefined = ""; last !== undefined;) {
        const { text } = await ask("GET", `?list-type=2&prefix=${encoded(prefix)}&start-after=${encoded(last)}`, [200]);
        found.push(...[...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key));
        last = text.includes("<IsTruncated>true") ? found.at(-1) : undefined;
      }
      return found;
    },
    delete: async (key) => void (await ask("DELETE", at(key), [204])),
    async empty() {
      const all = await bucket.keys();
      for (const key of all) await bucket.delete(key);
      return all;
    },
  };
  return bucket;
}

function asked({ socket, region, credentials }: Gateway, method: string, path: string, body: string): Promise<Answer> {
  const url = new URL(path, "http://gateway");
  const headers = signed(
    { method, url, sha256: sha256(body), headers: { "content-length": String(Buffer.byteLength(body)) } },
    credentials,
    region,
    Date.now(),
  );
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: socket, method, path: url.pathname + url.search, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part)).once("error", reject);
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString("utf8") });
      });
    });
    sent.once("error", reject).end(body);
  });
}
