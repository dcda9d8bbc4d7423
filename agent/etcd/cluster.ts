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
/** etcd's own patience with a change: 5 s, and two elections. */
const changeMs = 8_000;

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

  /** Whether a learner holds what the leader held a moment before. */
  async isInSync(own: string): Promise<boolean> {
    const leaders = (await Promise.all(this.seats.map((address) => this.status(address)))).filter((status) => status && leads(status));
    const leader = leaders[0];
    // Asked after the leader was.
    const learner = leader && (await this.status(own));
    return leader !== undefined && learner?.leader === leader.header.member_id && learner.raftAppliedIndex >= leader.raftIndex;
  }

  async status(address: string): Promise<EtcdStatus | undefined> {
    const answer = await this.client(address, statusMs).status();
    return answer.kind === "answered" ? answer.value : undefined;
  }

  /** Done as well when there is no such member. */
  remove(id: string): Promise<boolean> {
    return this.change(`remove ${id}`, (client) => client.remove(id), /member not found/);
  }

  add(peerUrl: string): Promise<boolean> {
    return this.change(`add ${peerUrl} as a learner`, (client) => client.addLearner(peerUrl));
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
