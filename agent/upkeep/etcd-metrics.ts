import { exchange } from "../store/exchange";

/** How many writes to the write-ahead log were on the disk within how many seconds, since the member started. */
export interface Fsyncs {
  readonly all: number;
  /** By upper bound in seconds, each with all below it. */
  readonly within: ReadonlyMap<number, number>;
}

export interface EtcdMetrics {
  /** The last revision whose overwritten keys are forgotten; 0 when none is. */
  readonly compacted: number;
  readonly defragments: boolean;
  /** Transactions of its database that were written to the disk, since the member started. */
  readonly commits: number;
  readonly fsyncs: Fsyncs;
}

/** etcd's own metrics, which answer even while its database does not. */
export async function readMetrics(url: string, patienceMs = 3_000): Promise<EtcdMetrics | undefined> {
  const answer = await exchange({ method: "GET", url: new URL(url), patienceMs });
  return answer.kind === "answered" && answer.status === 200 ? parseMetrics(answer.text) : undefined;
}

export function parseMetrics(text: string): EtcdMetrics {
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
  const fsync = "etcd_disk_wal_fsync_duration_seconds";
  const buckets = [...text.matchAll(new RegExp(`^${fsync}_bucket\\{le="([\\d.]+)"\\} (\\d+)$`, "gm"))];
  return {
    compacted: Math.max(0, value("etcd_debugging_mvcc_compact_revision")),
    defragments: value("etcd_disk_defrag_inflight") > 0,
    commits: value("etcd_disk_backend_commit_duration_seconds_count"),
    fsyncs: { all: value(`${fsync}_count`), within: new Map(buckets.map(([, bound, count]) => [Number(bound), Number(count)])) },
  };
}
