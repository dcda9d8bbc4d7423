/** Who gets through to whom. */
export class Links {
  /** Directions in which no packet gets through, `etcd-0>etcd-1`. */
  readonly cut = new Set<string>();

  constructor(private readonly isIsolated: (name: string) => boolean) {}

  /** Whether what one sends gets to the other. */
  sends(from: string, to: string): boolean {
    if (from === to) return true;
    return !this.cut.has(`${from}>${to}`) && !this.isIsolated(from) && !this.isIsolated(to);
  }

  /** Whether one gets answers of the other. */
  reaches(from: string, to: string): boolean {
    return this.sends(from, to) && (this.cut.size === 0 || this.sends(to, from));
  }
}
