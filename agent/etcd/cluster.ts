import type { Epoch } from "../../constructs/spec/store";
import type { Member } from "../observation";
import type { Tls } from "../store/exchange";
import { EtcdClient, type EtcdAnswer, type EtcdStatus } from "./client";
import { clientUrl } from "./environment";
import { clusterIdOf } from "./identity";

/** A machine that is gone says nothing at all: no look waits longer for it. */
const statusMs = 1_000;
/** One round trip among the members. */
const listMs = 2_000;
/** A heartbeat of raft takes a tenth of a second. */
const heardMs = 2_000;
/** etcd's own patience with a change: 5 s, and two elections. */
const changeMs = 8_000;

/** etcd's default. */
const heartbeatMs = 100;
const looksForSync = 5;

/** All members of a cluster, asked from any of its seats. */
export class EtcdCluster {
  /** Who may be asked for a change, the leader first: as the last look at the members found them. */
  private willing: readonly string[] = [];

  constructor(
    /** `10.0.0.4` */
    private readonly seats: readonly string[],
    private readonly tls: () => Promise<Tls>,
    private readonly say: (event: string, fields: Readonly<Record<string, unknown>>) => void,
  ) {}

  /** Undefined without a quorum. Members of another epoch are not heard, though they have certificates of the same authority. */
  async members(epoch: Epoch): Promise<readonly Member[] | undefined> {
    const clusterId = clusterIdOf(epoch);
    const addresses = [...new Set([...this.seats, ...epoch.seats.map(({ peerUrl }) => hostOf(peerUrl))])];
    const asked = new Map(addresses.map((address) => [address, this.status(address)]));
    const lists = addresses.map(async (address) => {
      const answer = await this.client(address, listMs).members();
      if (answer.kind !== "answered") throw new Error(answer.reason);
      if (answer.value.header.cluster_id !== clusterId) throw new Error(`${address} belongs to cluster ${answer.value.header.cluster_id}`);
      return answer.value.members;
    });
    const first = Promise.any(lists).catch(() => undefined);
    const led = Promise.all(asked.values()).then((all) => all.some((status) => status && status.leader !== noLeader));
    // Where nobody has a leader nobody can answer: then nothing is waited for.
    const list = await Promise.race([first, led.then((any) => (any ? first : undefined))]);
    if (!list) return undefined;
    const healthy = new Map<string, EtcdStatus>();
    for (const [address, answer] of asked) {
      const status = await answer;
      if (status?.header.cluster_id === clusterId && status.leader !== noLeader) healthy.set(address, status);
    }
    this.willing = [...healthy]
      .filter(([, { isLearner }]) => !isLearner)
      .sort(([, a], [, b]) => Number(leads(b)) - Number(leads(a)))
      .map(([address]) => address);
    return list.map(({ ID, name, peerURLs, isLearner }): Member => {
      const [peerUrl = ""] = peerURLs;
      return { id: ID, name, peerUrl, learner: isLearner, healthy: healthy.get(hostOf(peerUrl))?.header.member_id === ID };
    });
  }

  /** Whether a learner holds what the leader held a moment before. It hears with the next heartbeat what is committed. */
  async isInSync(own: string): Promise<boolean> {
    const leader = (await Promise.all(this.seats.map((address) => this.status(address)))).find((status) => status && leads(status));
    for (let look = 0; leader && look < looksForSync; look++) {
      const learner = await this.status(own);
      if (learner?.leader !== leader.header.member_id) return false;
      if (learner.raftAppliedIndex >= leader.raftIndex) return true;
      await new Promise((resolve) => setTimeout(resolve, heartbeatMs));
    }
    return false;
  }

  async status(address: string, answerMs = statusMs): Promise<EtcdStatus | undefined> {
    const answer = await this.client(address, answerMs).status();
    return answer.kind === "answered" ? answer.value : undefined;
  }

  /** Done as well when there is no such member. */
  remove(id: string): Promise<boolean> {
    return this.change(`remove ${id}`, (client) => client.remove(id), /member not found/);
  }

  /** Returns when all that are well have heard of it: those that have not would cut its first connections, which costs it 7 s. */
  async add(peerUrl: string): Promise<boolean> {
    const added = await this.change(`add ${peerUrl} as a learner`, (client) => client.addLearner(peerUrl));
    for (
      const end = performance.now() + heardMs;
      added && performance.now() < end;
      await new Promise((resolve) => setTimeout(resolve, 50))
    ) {
      const heard = await Promise.all(this.willing.map((address) => this.client(address, statusMs).heardMembers()));
      if (heard.every((one) => one.kind === "answered" && one.value.members.some(({ peerURLs }) => peerURLs.includes(peerUrl)))) break;
    }
    return added;
  }

  promote(id: string): Promise<boolean> {
    return this.change(`promote ${id}`, (client) => client.promote(id));
  }

  // Who did not answer may have done it all the same: the next one then says that there is nothing to do.
  private async change(what: string, ask: (client: EtcdClient) => Promise<EtcdAnswer<unknown>>, done?: RegExp): Promise<boolean> {
    for (const address of this.willing) {
      const answer = await ask(this.client(address, changeMs));
      if (answer.kind === "answered" || done?.test(answer.reason)) return true;
      this.say("etcd did not take it", { what, reason: answer.reason });
      if (answer.kind === "refused") return false;
    }
    return false;
  }

  private client(address: string, answerMs: number): EtcdClient {
    return new EtcdClient(clientUrl(address), this.tls, answerMs);
  }
}

export const noLeader = "0";

export function leads({ leader, header }: EtcdStatus): boolean {
  return leader === header.member_id;
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}
