import { createHash } from "node:crypto";
import type { Epoch } from "../../constructs/spec/store";

/**
 * The id that etcd gives a cluster which is started anew: of its members' ids, each of a peer URL and the token. Thus the
 * members of an epoch are told from those of any other before one of them has said so in the store.
 * @see https://github.com/etcd-io/etcd/blob/v3.6.14/server/etcdserver/api/membership/member.go, computeMemberID
 */
export function clusterIdOf({ clusterId, seats, token }: Pick<Epoch, "clusterId" | "seats" | "token">): string {
  if (clusterId !== undefined) return clusterId;
  const members = seats.map(({ peerUrl }) => first64(Buffer.from(`${peerUrl}${token}`)));
  members.sort((a, b) => (a < b ? -1 : 1));
  const bytes = Buffer.alloc(8 * members.length);
  members.forEach((id, place) => bytes.writeBigUInt64BE(id, 8 * place));
  return first64(bytes).toString(16);
}

function first64(bytes: Buffer): bigint {
  return createHash("sha1").update(bytes).digest().readBigUInt64BE(0);
}
