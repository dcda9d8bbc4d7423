import type { SnapshotRecord } from "../../../constructs/spec/store";
import type { Member, Peer } from "../../../agent/observation";
import type { SeatMachine } from "../../../agent/seat/machine";
import { keys } from "../../../agent/store/keys";
import type { Box, Volume } from "./box";
import { clusterIdOf } from "./members";
import type { World } from "./world";

/** What one process of an agent can do in the world. Every call is a point at which the machine may crash, before or after its effect. */
export function machineOf(world: World, box: Box): SeatMachine {
  const { life } = box;
  const volume = (): Volume => {
    if (!box.volume) throw new Error("a volume that is not attached was used");
    return box.volume;
  };
  const call = <T>(effect: () => T): Promise<T> => world.interruptions.call(box, life, effect);
  const leader = (epoch: { number: number; token: string }) => {
    const found = world.etcd.leader(clusterIdOf(epoch));
    return found && world.links.reaches(box.name, found.seat) ? found : undefined;
  };
  const current = () => (box.volume?.replica && box.etcdRunning ? box.volume.replica : undefined);

  return {
    monotonic: () => world.clock.now * 1000 + box.offset,
    random: () => world.random.hex(32),
    readDisk: () => call(() => (box.volume ? box.volume.read() : { volume: "missing", data: { state: "empty" } })),
    makeFileSystem: () =>
      call(() => {
        if (volume().formatted) world.witness.violate("format", `${box.name} formatted a volume that is not blank`);
        volume().formatted = true;
      }),
    writeMarker: (marker) => call(() => void (volume().marker = marker)),
    writeFence: (vote) => call(() => void (volume().fence = vote)),
    removeFence: () => call(() => void (volume().fence = undefined)),
    readSighting: () => call(() => box.sighting ?? "none"),
    writeSighting: (sighting) => call(() => void (box.sighting = sighting)),
    archive: () =>
      call(() => {
        volume().replica = undefined;
        volume().corrupt = false;
      }),
    restore: async (epoch) => {
      if (world.slowRestores) await world.interruptions.takes(box, life, world.random.between(0, 1.2 * world.snapshots.slowest));
      return call(() => {
        const snapshot = world.snapshots.contents.get(epoch.restore?.sha256 ?? "");
        if (!snapshot) return "failed";
        volume().replica = world.members.firstReplica(epoch, box.name, snapshot);
        return "restored";
      });
    },
    saveSeed: async (epoch) => {
      await world.interruptions.point(box, life);
      const { replica } = volume();
      if (!replica || replica.epoch !== epoch.number) return undefined;
      const record = world.snapshots.record(replica, replica.lastIndex);
      const written = await box.store.putIfAbsent(keys.snapshot(record.epoch, record.revision), JSON.stringify(record));
      if (written.kind === "written") return record;
      const there = written.kind === "conflict" ? await box.store.get(keys.snapshot(record.epoch, record.revision)) : undefined;
      return there?.kind === "found" ? (JSON.parse(there.body) as SnapshotRecord) : undefined;
    },

    etcd: () =>
      call(() => {
        const replica = current();
        const leads = replica && world.etcd.leader(replica.clusterId);
        return {
          running: box.etcdRunning,
          leader: replica !== undefined && leads === replica,
          removed: replica !== undefined && world.etcd.hasRemoved(replica),
          inSync: replica !== undefined && leads !== undefined && !replica.empty && replica.holds(leads, leads.commit),
        };
      }),
    startEtcd: (epoch, as) =>
      call(() => {
        const on = volume();
        if (world.rolling?.isBad(box)) return;
        if (as === "new" && on.replica) return;
        if (!on.replica)
          on.replica = as === "new" ? world.members.firstReplica(epoch, box.name) : world.members.learnerReplica(epoch, box.name);
        box.etcdRunning = on.replica !== undefined;
      }),
    stopEtcd: () => call(() => world.witness.stopEtcd(box)),
    stopLeaderlessEtcd: () =>
      call(() => {
        if (world.witness.hasLeader(box)) return false;
        box.etcdRunning = false;
        return true;
      }),
    members: (epoch) =>
      call(() => {
        const leads = leader(epoch);
        if (!leads) return undefined;
        const healthy = world.etcd.healthy(leads);
        const { voters, learners } = leads.configuration;
        return [...voters, ...learners].map((id): Member => {
          const seat = world.members.seatOf(id);
          return {
            id,
            name: world.members.started.has(id) ? seat : "",
            peerUrl: world.box(seat)?.peerUrl ?? "",
            learner: learners.includes(id),
            healthy: healthy.has(id),
          };
        });
      }),
    removeMember: (id) =>
      call(() => {
        const leads = world.etcd.leaderOf(id);
        if (!leads || !world.links.reaches(box.name, leads.seat)) return false;
        const { voters, learners } = leads.configuration;
        const change = { voters: voters.filter((voter) => voter !== id), learners: learners.filter((learner) => learner !== id) };
        const healthy = world.etcd.healthy(leads);
        if (change.voters.filter((voter) => healthy.has(voter)).length <= change.voters.length / 2) return false;
        return world.witness.change(box, leads, change);
      }),
    addLearner: (epoch) =>
      call(() => {
        const leads = leader(epoch);
        const healthy = leads && world.etcd.healthy(leads);
        if (!leads || leads.configuration.learners.length > 0 || !leads.configuration.voters.every((voter) => healthy?.has(voter)))
          return false;
        const id = world.members.newMember(box.name);
        return world.witness.change(box, leads, { voters: leads.configuration.voters, learners: [id] });
      }),
    promote: (id) =>
      call(() => {
        const leads = world.etcd.leaderOf(id);
        if (!leads?.configuration.learners.includes(id)) return false;
        const done = world.witness.change(box, leads, { voters: [...leads.configuration.voters, id], learners: [] });
        if (done) world.witness.open.delete(box.name);
        return done;
      }),
    clusterId: () => call(() => current()?.clusterId),
    peers: () =>
      call(() => {
        const known = new Map<string, Peer>();
        for (const peer of world.boxes) {
          if (peer === box || !peer.up || !peer.agentUp || !world.links.reaches(box.name, peer.name)) continue;
          const { marker, fence } = peer.volume ?? {};
          const told = { ...(marker?.known ? { known: marker.known } : {}), fenced: fence !== undefined };
          known.set(peer.name, peer.volume ? told : { ...told, diskless: true });
        }
        return known;
      }),
  };
}
