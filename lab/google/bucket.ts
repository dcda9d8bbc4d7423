import { request } from "node:http";
import * as z from "zod";
import type { Bucket } from "../store/bucket";
import type { Emulator } from "./front";

const page = z.object({ items: z.array(z.object({ name: z.string() })).default([]), nextPageToken: z.string().optional() });

/** The cluster's store as its pipeline and people see it: no rights hold them, and no fault of the front reaches them. */
export function bucketOf({ socket, bucket: name }: Emulator): Bucket {
  const ask = async (method: string, path: string, wanted: readonly number[], body?: string): Promise<Answer> => {
    const answer = await asked(socket, method, path, body);
    if (wanted.includes(answer.status)) return answer;
    throw new Error(`${method} ${path}: the store answered ${answer.status} ${answer.text}`);
  };
  const objects = `/storage/v1/b/${name}/o`;
  const bucket: Bucket = {
    make: async () => void (await ask("POST", "/storage/v1/b?project=lab", [200], JSON.stringify({ name }))),
    async get(key) {
      const { status, text } = await ask("GET", `${objects}/${encodeURIComponent(key)}?alt=media`, [200, 404]);
      return status === 200 ? text : undefined;
    },
    put: async (key, body) => void (await ask("POST", `/upload${objects}?uploadType=media&name=${encodeURIComponent(key)}`, [200], body)),
    async keys(prefix = "") {
      const found: string[] = [];
      for (let token: string | undefined = ""; token !== undefined;) {
        const query = new URLSearchParams({ prefix, ...(token !== "" && { pageToken: token }) });
        const { text } = await ask("GET", `${objects}?${query}`, [200]);
        const { items, nextPageToken } = page.parse(JSON.parse(text));
        found.push(...items.map((item) => item.name));
        token = nextPageToken;
      }
      return found;
    },
    delete: async (key) => void (await ask("DELETE", `${objects}/${encodeURIComponent(key)}`, [200, 204])),
    async empty() {
      const all = await bucket.keys();
      for (const key of all) await bucket.delete(key);
      return all;
    },
  };
  return bucket;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function asked(socketPath: string, method: string, path: string, body = ""): Promise<Answer> {
  const headers = { host: "emulator", "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part)).once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }));
    });
    sent.once("error", reject).end(body);
  });
}
