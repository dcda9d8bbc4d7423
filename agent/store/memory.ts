import type { Deleting, Failure, Listing, Reading, Store, Writing } from "./store";

/** What an in-memory store does wrong, changed at any time. */
export interface MemoryFaults {
  /** Every call fails so, before it has any effect. */
  failure?: Failure;
  /** Awaited before each call has its effect, and again before it answers: delays, and callers that never hear the answer. */
  pause?: (moment: "before" | "after", key: string) => Promise<void> | undefined;
}

/** A store in memory, strongly consistent as S3 and GCS are. Several clients may share `contents`, each with faults of its own. */
export class MemoryStore implements Store {
  constructor(
    private readonly clock: () => number,
    readonly contents: MemoryContents = new MemoryContents(),
    readonly faults: MemoryFaults = {},
  ) {}

  get(key: string): Promise<Reading> {
    return this.call(key, () => {
      const object = this.contents.objects.get(key);
      const now = this.clock();
      return object ? { kind: "found", body: object.body, version: object.version, now } : { kind: "absent", now };
    });
  }

  putIfAbsent(key: string, body: string): Promise<Writing> {
    return this.call(key, () => (this.contents.objects.has(key) ? { kind: "conflict" } : this.contents.put(key, body)));
  }

  putIfMatch(key: string, body: string, version: string): Promise<Writing> {
    return this.call(key, () =>
      this.contents.objects.get(key)?.version === version ? this.contents.put(key, body) : { kind: "conflict" },
    );
  }

  list(prefix: string): Promise<Listing> {
    return this.call(prefix, () => ({
      kind: "listed",
      keys: [...this.contents.objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
    }));
  }

  delete(key: string): Promise<Deleting> {
    return this.call(key, () => {
      this.contents.objects.delete(key);
      return { kind: "deleted" };
    });
  }

  private async call<T>(key: string, effect: () => T): Promise<T | Failure> {
    const before = this.faults.pause?.("before", key);
    if (before) await before;
    const answer = this.faults.failure ?? effect();
    const after = this.faults.pause?.("after", key);
    if (after) await after;
    return answer;
  }
}

/** The objects themselves, and the versions that they were given: no version is given twice. */
export class MemoryContents {
  readonly objects = new Map<string, { body: string; version: string }>();
  private versions = 0;

  put(key: string, body: string): { kind: "written"; version: string } {
    const version = String(++this.versions);
    this.objects.set(key, { body, version });
    return { kind: "written", version };
  }

  /** Somebody emptied the bucket. */
  empty(): void {
    this.objects.clear();
  }
}
