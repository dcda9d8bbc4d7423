import * as z from "zod";
import { exchange, type Tls } from "../store/exchange";

/**
 * etcd's own JSON gateway, which every member serves beside gRPC: numbers of 64 bits are decimal strings, bytes are base64.
 * @see https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 */
export type EtcdAnswer<T> =
  | { readonly kind: "answered"; readonly value: T }
  /** etcd said no: it changed nothing. */
  | { readonly kind: "refused"; readonly reason: string }
  /** No answer, or no quorum to give one: what was asked for may have been done, or may still be. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** As etcd prints its ids: lower-case hexadecimal. */
const id = z.string().transform((decimal) => BigInt(decimal).toString(16));
const count = z.coerce.number().default(0);
const header = z.object({ cluster_id: id, member_id: id, revision: count, raft_term: count });

const member = z.object({
  ID: id,
  name: z.string().default(""),
  peerURLs: z.array(z.string()).default([]),
  clientURLs: z.array(z.string()).default([]),
  isLearner: z.boolean().default(false),
});
export type EtcdMember = z.output<typeof member>;

const memberList = z.object({ header, members: z.array(member).default([]) });
const status = z.object({
  header,
  version: z.string(),
  dbSize: count,
  dbSizeInUse: count,
  dbSizeQuota: count,
  /** `0` without a leader. */
  leader: id.default("0"),
  raftIndex: count,
  raftTerm: count,
  raftAppliedIndex: count,
  isLearner: z.boolean().default(false),
  errors: z.array(z.string()).default([]),
});
export type EtcdStatus = z.output<typeof status>;

const alarms = z.object({ alarms: z.array(z.object({ memberID: id, alarm: z.string() })).default([]) });
const keyValue = z.object({ key: z.string(), value: z.string().default(""), mod_revision: count });
const range = z.object({ header, kvs: z.array(keyValue).default([]) });
const anything = z.object({});

const patienceMs = 3_000;
/** One pass over the whole file of the database: about a second for 100 MB (estimate). */
const defragmentMs = 10 * 60_000;

/** One member, asked as the holder of a client certificate of etcd. Files are read for every call, so that renewed ones count. */
export class EtcdClient {
  /**
   * @param endpoint `https://10.0.0.4:2379`
   * @param answerMs how long any answer may take, but for that of a defragmentation
   */
  constructor(
    private readonly endpoint: string,
    private readonly tls: () => Promise<Tls>,
    private readonly answerMs = patienceMs,
  ) {}

  /** Linearizable: answered only where there is a quorum. */
  members(): Promise<EtcdAnswer<z.output<typeof memberList>>> {
    return this.ask("cluster/member/list", { linearizable: true }, memberList);
  }

  /** As far as this member has heard. */
  heardMembers(): Promise<EtcdAnswer<z.output<typeof memberList>>> {
    return this.ask("cluster/member/list", { linearizable: false }, memberList);
  }

  /** Of this member alone; answered without quorum too, and by learners. */
  status(): Promise<EtcdAnswer<EtcdStatus>> {
    return this.ask("maintenance/status", {}, status);
  }

  addLearner(peerUrl: string): Promise<EtcdAnswer<unknown>> {
    return this.ask("cluster/member/add", { peerURLs: [peerUrl], isLearner: true }, anything);
  }

  /** @param member as etcd prints it, hexadecimal */
  remove(member: string): Promise<EtcdAnswer<unknown>> {
    return this.ask("cluster/member/remove", { ID: decimal(member) }, anything);
  }

  promote(member: string): Promise<EtcdAnswer<unknown>> {
    return this.ask("cluster/member/promote", { ID: decimal(member) }, anything);
  }

  /** Asked of the leader. */
  moveLeader(to: string): Promise<EtcdAnswer<unknown>> {
    return this.ask("maintenance/transfer-leadership", { targetID: decimal(to) }, anything);
  }

  defragment(): Promise<EtcdAnswer<unknown>> {
    return this.ask("maintenance/defragment", {}, anything, defragmentMs);
  }

  alarms(): Promise<EtcdAnswer<z.output<typeof alarms>>> {
    return this.ask("maintenance/alarm", { action: "GET" }, alarms);
  }

  disarm(member: string, alarm: string): Promise<EtcdAnswer<unknown>> {
    return this.ask("maintenance/alarm", { action: "DEACTIVATE", memberID: decimal(member), alarm }, anything);
  }

  /** Forgets what was overwritten before a revision. */
  compact(revision: number): Promise<EtcdAnswer<unknown>> {
    return this.ask("kv/compaction", { revision: String(revision) }, anything);
  }

  /** Linearizable. The text and the revision of its last change; undefined where there is no such key. */
  async get(key: string): Promise<EtcdAnswer<{ readonly text: string; readonly revision: number } | undefined>> {
    const answer = await this.ask("kv/range", { key: encoded(key) }, range);
    if (answer.kind !== "answered") return answer;
    const [found] = answer.value.kvs;
    return {
      kind: "answered",
      value: found && { text: Buffer.from(found.value, "base64").toString("utf8"), revision: found.mod_revision },
    };
  }

  /** Writes a key that was last changed at a revision, 0 where there is none yet; answers whether it did. */
  async replace(key: string, text: string, revision: number): Promise<EtcdAnswer<boolean>> {
    const unchanged = { key: encoded(key), target: "MOD", result: "EQUAL", mod_revision: String(revision) };
    const put = { request_put: { key: encoded(key), value: Buffer.from(text).toString("base64") } };
    const answer = await this.ask("kv/txn", { compare: [unchanged], success: [put] }, z.object({ succeeded: z.boolean().default(false) }));
    return answer.kind === "answered" ? { kind: "answered", value: answer.value.succeeded } : answer;
  }

  private async ask<T>(path: string, body: unknown, schema: z.ZodType<T>, forMs = this.answerMs): Promise<EtcdAnswer<T>> {
    const url = new URL(`/v3/${path}`, this.endpoint);
    let tls: Tls;
    try {
      tls = await this.tls();
    } catch (reason) {
      return { kind: "unavailable", reason: `${url.host}: ${String(reason)}` };
    }
    const headers = { "content-type": "application/json" };
    const answer = await exchange({ method: "POST", url, headers, body: JSON.stringify(body), tls, patienceMs: forMs });
    if (answer.kind === "unanswered") return { kind: "unavailable", reason: `${url.host}: ${answer.reason}` };
    const parsed = answer.status === 200 ? schema.safeParse(json(answer.text)) : undefined;
    if (parsed?.success) return { kind: "answered", value: parsed.data };
    const reason = `${url.host} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`;
    return { kind: answer.status >= 400 && answer.status < 500 ? "refused" : "unavailable", reason };
  }
}

function decimal(hexadecimal: string): string {
  return BigInt(`0x${hexadecimal}`).toString();
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
