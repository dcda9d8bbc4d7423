type Labels = Readonly<Record<string, string>>;

interface Metric {
  readonly help: string;
  readonly type: "gauge" | "counter";
}

/** All that the agent tells of itself; a name that is not here does not compile. */
const known = {
  coppice_agent_info: { type: "gauge", help: "1, with role, name and configuration of the machine as labels" },
  coppice_agent_looks_total: { type: "counter", help: "rounds of looking and acting, by loop" },
  coppice_agent_failures_total: { type: "counter", help: "rounds that ended in an error nobody expected, by loop" },
  coppice_seat_phase: { type: "gauge", help: "1 for the phase that the etcd seat is in" },
  coppice_seat_actions_total: { type: "counter", help: "actions of the etcd seat, by kind" },
  coppice_store_failures_total: { type: "counter", help: "calls to the store without an answer, or refused, by kind" },
  coppice_certificate_renewal_seconds: { type: "gauge", help: "seconds until the next certificate is to be renewed" },
  coppice_snapshot_age_seconds: { type: "gauge", help: "age of the newest snapshot that this member has put into the store" },
  coppice_snapshot_bytes: { type: "gauge", help: "bytes of that snapshot" },
  coppice_snapshots_total: { type: "counter", help: "snapshots by result" },
  coppice_etcd_db_bytes: { type: "gauge", help: "size of the member's database, total and in use" },
  coppice_etcd_fsync_p99_seconds: {
    type: "gauge",
    help: "99 of 100 writes to the write-ahead log were on the disk within so long, in the last minute",
  },
  coppice_etcd_upkeep_total: {
    type: "counter",
    help: "compactions, defragmentations, alarms lifted and leaderships given away, by action and result",
  },
  coppice_disk_used_ratio: { type: "gauge", help: "used part of the seat's volume and of the root disk" },
  coppice_hung_units_killed_total: { type: "counter", help: "units that ran and did not answer, by unit" },
  coppice_requests_signed_total: { type: "counter", help: "certificate requests by kind and result" },
} as const satisfies Record<string, Metric>;
export type MetricName = keyof typeof known;

/** Prometheus' text format. https://prometheus.io/docs/instrumenting/exposition_formats/ */
export class Metrics {
  private readonly values = new Map<MetricName, Map<string, number>>();

  set(name: MetricName, value: number, labels: Labels = {}): void {
    this.of(name).set(labelText(labels), value);
  }

  add(name: MetricName, by: number, labels: Labels = {}): void {
    const series = this.of(name);
    const key = labelText(labels);
    series.set(key, (series.get(key) ?? 0) + by);
  }

  /** Sets one of a family to 1 and forgets the others. */
  only(name: MetricName, labels: Labels): void {
    this.of(name).clear();
    this.set(name, 1, labels);
  }

  text(): string {
    return [...this.values]
      .flatMap(([name, series]) => [
        `# HELP ${name} ${known[name].help}`,
        `# TYPE ${name} ${known[name].type}`,
        ...[...series].map(([labels, value]) => `${name}${labels} ${value}`),
      ])
      .join("\n")
      .concat("\n");
  }

  private of(name: MetricName): Map<string, number> {
    const found = this.values.get(name) ?? new Map<string, number>();
    this.values.set(name, found);
    return found;
  }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (one) => (one === "\n" ? "\\n" : `\\${one}`))}"`,
  );
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

export const metrics = new Metrics();
