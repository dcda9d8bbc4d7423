import { request } from "node:https";
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { EtcdClient } from "../../agent/etcd/client";
import { exchange, type Tls } from "../../agent/store/exchange";
import { port } from "../../constructs/spec/ports";
import { monotonic } from "../machine";
import type { Histories, Sent } from "./messages";
import type { Known } from "./conditions";

const everyMs = 100;
const patienceMs = 2_000;
const configMaps = "/api/v1/namespaces/default/configmaps";

/**
 * Writes to etcd and to the API ten times a second, each number once, whatever became of the one before. What was
 * acknowledged has to be there at the end: nothing else is known of the rest.
 */
export class History {
  private readonly name = `lab-${randomBytes(4).toString("hex")}`;
  private readonly sent: { etcd: Sent[]; api: Sent[] } = { etcd: [], api: [] };
  private readonly open = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private number = 0;

  constructor(private readonly known: () => Known) {}

  /** @throws Error when the object that the API's writes change cannot be made */
  async begin(): Promise<void> {
    const { targets, trust } = this.known();
    if (!trust) throw new Error("nobody has said yet as whom to write");
    const body = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: this.name } });
    const url = new URL(`https://${targets.api}:${port.api}${configMaps}`);
    const made = await exchange({
      method: "POST",
      url,
      body,
      headers: { "content-type": "application/json" },
      tls: trust.api,
      patienceMs: 10_000,
    });
    if (made.kind !== "answered" || made.status !== 201) throw new Error(`${url.href}: ${JSON.stringify(made).slice(0, 300)}`);
    this.timer = setInterval(() => this.tick(), everyMs);
  }

  async end(): Promise<Histories> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    return this.sent;
  }

  /** Numbers that etcd has, by the word of a quorum. */
  async present(): Promise<readonly number[]> {
    const { targets, trust } = this.known();
    const [key, end] = [`/lab/${this.name}/`, `/lab/${this.name}0`].map((text) => Buffer.from(text).toString("base64"));
    const body = JSON.stringify({ key, range_end: end, keys_only: true });
    for (const address of targets.etcd) {
      const url = new URL(`https://${address}:${port.etcdClient}/v3/kv/range`);
      const answer = await exchange({ method: "POST", url, body, patienceMs: 10_000, ...(trust && { tls: trust.etcd }) });
      if (answer.kind !== "answered" || answer.status !== 200) continue;
      const { kvs } = z.object({ kvs: z.array(z.object({ key: z.string() })).default([]) }).parse(JSON.parse(answer.text));
      return kvs.map((one) => Number(Buffer.from(one.key, "base64").toString().split("/").at(-1)));
    }
    throw new Error("no member of etcd answers");
  }

  private tick(): void {
    const number = this.number++;
    this.follow("etcd", number, () => this.toEtcd(number));
    this.follow("api", number, () => this.toApi(number));
  }

  private follow(kind: keyof Histories, number: number, send: () => Promise<string | undefined>): void {
    const at = monotonic();
    const done = send().then((reason) => {
      this.sent[kind].push({ number, at, answered: monotonic(), ok: reason === undefined, ...(reason === undefined ? {} : { reason }) });
      this.open.delete(done);
    });
    this.open.add(done);
  }

  private async toEtcd(number: number): Promise<string | undefined> {
    const { targets, trust } = this.known();
    const address = targets.etcd[number % targets.etcd.length] ?? "";
    const client = new EtcdClient(`https://${address}:${port.etcdClient}`, () => Promise.resolve(trust?.etcd ?? { ca: "" }));
    const answer = await client.replace(`/lab/${this.name}/${number}`, String(number), 0);
    return answer.kind === "answered" ? (answer.value ? undefined : "it was there") : answer.reason;
  }

  private toApi(number: number): Promise<string | undefined> {
    const { targets, trust } = this.known();
    return raw(
      `https://${targets.api}:${port.api}${configMaps}/${this.name}`,
      JSON.stringify({ data: { number: String(number) } }),
      trust?.api,
    );
  }
}

/** By a connection of its own, which a load balancer places anew. @returns what went wrong */
function raw(url: string, body: string, tls: Tls | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/merge-patch+json", "content-length": String(Buffer.byteLength(body)) };
    const sent = request(url, { method: "PATCH", headers, agent: false, timeout: patienceMs, ...tls }, (response) => {
      response.resume().once("error", (reason) => resolve(String(reason)));
      response.once("end", () => resolve(response.statusCode === 200 ? undefined : String(response.statusCode)));
    });
    sent.once("timeout", () => sent.destroy(new Error("no answer")));
    sent.once("error", (reason) => resolve(String(reason)));
    sent.end(body);
  });
}
