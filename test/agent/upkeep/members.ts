import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EtcdClient } from "../../../agent/etcd/client";
import type { Tls } from "../../../agent/store/exchange";
import type { EtcdTools } from "../../../agent/upkeep/snapshot-files";
import { cacheFolder } from "../../../emulated/python-environment";
import { builtPrograms } from "../../../lab/bin/build";
import { answers, freePort } from "../../loopback";

/** etcd and its tools, where the lab has built them; building them takes minutes and belongs to it. */
export const programs: string | undefined = (() => {
  const folder = cacheFolder(process.env);
  const built = existsSync(folder) && readdirSync(folder).some((name) => /^lab-etcd-[0-9a-f]+$/.test(name));
  if (!built) process.stderr.write(`skipped, upkeep of real members: no etcd in ${folder}; the lab builds it\n`);
  return built ? builtPrograms("etcd", process.env, (text) => process.stderr.write(`${text}\n`)) : undefined;
})();

/** A suite that needs real members. */
export const withEtcd = programs === undefined ? describe.skip : describe;

export const tools: EtcdTools = { etcdctl: join(programs ?? "", "etcdctl"), etcdutl: join(programs ?? "", "etcdutl") };

/** One running member on loopback. */
export interface TestMember {
  readonly name: string;
  readonly endpoint: string;
  /** Where metrics and health are. */
  readonly listener: string;
  readonly client: EtcdClient;
  readonly process: ChildProcess;
}

export interface TestCluster {
  readonly folder: string;
  readonly members: readonly TestMember[];
  leader(): Promise<TestMember>;
  stop(): Promise<void>;
}

const nobody = () => Promise.resolve({ ca: "" });

/**
 * @param flags for every member, after the addresses
 * @param tls of clients; without it members speak without TLS
 * @param late of the members start when the others have agreed on a version of the cluster, which is 3.0 then
 */
export async function startMembers(size: number, flags: readonly string[] = [], tls?: Tls, late = 0): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  const places: { readonly name: string; readonly client: string; readonly peer: string; readonly metrics: string }[] = [];
  for (let seat = 0; seat < size; seat += 1) {
    const [client, peer, metrics] = [await freePort(), await freePort(), await freePort()].map((port) => `://127.0.0.1:${port}`);
    places.push({ name: `etcd-${seat}`, client: `${tls ? "https" : "http"}${client}`, peer: `http${peer}`, metrics: `http${metrics}` });
  }
  const all = places.map(({ name, peer }) => `${name}=${peer}`).join(",");
  const start = ({ name, client, peer, metrics }: (typeof places)[number]): TestMember => {
    const addresses = [`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`, `--listen-metrics-urls=${metrics}`];
    const peers = [`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=${all}`];
    const args = [`--name=${name}`, `--data-dir=${join(folder, name)}`, "--log-level=error", ...addresses, ...peers, ...flags];
    const process = spawn(join(programs ?? "", "etcd"), args, { stdio: "ignore" });
    return {
      name,
      endpoint: client,
      listener: metrics,
      client: new EtcdClient(client, tls ? () => Promise.resolve(tls) : nobody),
      process,
    };
  };
  const members = places.slice(late).map(start);
  if (late > 0) await answers(`${places.at(-1)?.client ?? ""}/version`, async (answer) => (await answer.text()).includes('"3.0.0"'));
  members.push(...places.slice(0, late).map(start));
  await Promise.all(members.map(({ listener }) => answers(`${listener}/readyz`, ({ ok }) => ok)));
  return {
    folder,
    members,
    leader: async () => {
      for (const member of members) {
        const status = await member.client.status();
        if (status.kind === "answered" && status.value.leader === status.value.header.member_id) return member;
      }
      throw new Error("nobody leads");
    },
    stop: async () => {
      await Promise.all(members.map(({ process }) => ended(process)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function clientOf(endpoint: string): EtcdClient {
  return new EtcdClient(endpoint, nobody);
}

/** Writes one key; what etcd said to it. */
export async function put(endpoint: string, key: string, value: string): Promise<{ readonly ok: boolean; readonly said: string }> {
  const [k, v] = [key, value].map((text) => Buffer.from(text).toString("base64"));
  const answer = await fetch(`${endpoint}/v3/kv/put`, { method: "POST", body: JSON.stringify({ key: k, value: v }) });
  return { ok: answer.ok, said: await answer.text() };
}

/** Writes keys, eight at a time, until all are written or etcd takes no more; how many it took. */
export async function fill(endpoint: string, count: number, bytes: number, key: (index: number) => string): Promise<number> {
  let [begun, taken, full] = [0, 0, false];
  const writer = async (): Promise<void> => {
    while (begun < count && !full) {
      const index = begun++;
      const { ok, said } = await put(endpoint, key(index), `${index} `.padEnd(bytes, "x"));
      if (ok) taken += 1;
      else if (said.includes("space exceeded")) full = true;
      else throw new Error(said);
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
  return taken;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await closed;
}
