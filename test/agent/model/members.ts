import type { Epoch } from "../../../constructs/spec/store";
import { idOf } from "./random";
import { Replica } from "./replica";

/** Which member is whose, and what a member starts with. */
export class Members {
  /** Members that have run at least once: etcd lists the others without a name. */
  readonly started = new Set<string>();
  private readonly seats = new Map<string, string>();
  private added = 0;

  constructor(private readonly leader: (clusterId: string) => Replica | undefined) {}

  firstReplica(epoch: Epoch, seat: string, writes?: ReadonlySet<number>): Replica {
    const voters = epoch.seats.map(({ name }) => this.register(idOf(`${epoch.token} ${name}`), name));
    const id = this.register(idOf(`${epoch.token} ${seat}`), seat);
    this.started.add(id);
    const contents = writes ?? new Set<number>();
    const revision = contents.size + (epoch.number - 1) * 1_000_000;
    const base = { index: epoch.seats.length, term: 1, writes: contents, revision, configuration: { voters, learners: [] } };
    return new Replica(epoch.number, epoch.token, clusterIdOf(epoch), id, seat, base);
  }

  /** Of the learner that this seat was added as; undefined when there is none. */
  learnerReplica(epoch: Epoch, seat: string): Replica | undefined {
    const leader = this.leader(clusterIdOf(epoch));
    const id = [...(leader?.configuration.learners ?? []), ...(leader?.configuration.voters ?? [])].find(
      (member) => this.seatOf(member) === seat,
    );
    if (!leader || !id) return undefined;
    this.started.add(id);
    const base = { index: 0, term: 0, writes: new Set<number>(), revision: 0, configuration: { voters: [], learners: [] } };
    const replica = new Replica(epoch.number, epoch.token, leader.clusterId, id, seat, base);
    replica.empty = true;
    return replica;
  }

  newMember(seat: string): string {
    return this.register(idOf(`added ${++this.added}`), seat);
  }

  private register(id: string, seat: string): string {
    this.seats.set(id, seat);
    return id;
  }

  seatOf(id: string): string {
    return this.seats.get(id) ?? "";
  }
}

/** Members of one token are of one cluster, as etcd derives its id. */
export function clusterIdOf({ token }: { readonly token: string }): string {
  return idOf(token);
}
