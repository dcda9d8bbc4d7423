import { MemoryStore } from "../../../agent/store/memory";
import { selfTest } from "../../../agent/store/self-test";
import type { Listing, Reading, Writing } from "../../../agent/store/store";

/** Answers at another moment, as a network does. */
const later = () => new Promise<void>((resolve) => setImmediate(resolve));

class Networked extends MemoryStore {
  constructor() {
    super(Date.now, undefined, { pause: () => later() });
  }
}

const versions = /\d+$/;

/** What stores do wrong; the last ones do nothing wrong that matters. */
const stores: readonly [string, new () => MemoryStore, RegExp | "proven"][] = [
  [
    "takes a put whatever its If-None-Match says",
    class extends Networked {
      override putIfAbsent(key: string, body: string): Promise<Writing> {
        return Promise.resolve(this.contents.put(key, body));
      }
    },
    /accepts put-if-absent \(If-None-Match\) of an object that is there/,
  ],
  [
    "takes a put whatever its If-Match says",
    class extends Networked {
      override putIfMatch(key: string, body: string): Promise<Writing> {
        return Promise.resolve(this.contents.put(key, body));
      }
    },
    /accepts put-if-match \(If-Match\) of a version that is past/,
  ],
  [
    "looks at If-None-Match, and writes a moment later",
    class extends Networked {
      override async putIfAbsent(key: string, body: string): Promise<Writing> {
        const there = this.contents.objects.has(key);
        await later();
        return there ? { kind: "conflict" } : this.contents.put(key, body);
      }
    },
    /6 of 6 puts at once were accepted/,
  ],
  [
    "looks at If-Match, and writes a moment later",
    class extends Networked {
      override async putIfMatch(key: string, body: string, version: string): Promise<Writing> {
        const same = this.contents.objects.get(key)?.version === version;
        await later();
        return same ? this.contents.put(key, body) : { kind: "conflict" };
      }
    },
    /6 of 6 puts at once were accepted/,
  ],
  [
    "publishes a version before the body",
    class extends Networked {
      override async putIfMatch(key: string, body: string, version: string): Promise<Writing> {
        const object = this.contents.objects.get(key);
        if (object?.version !== version) return { kind: "conflict" };
        const put = this.contents.put(key, object.body);
        for (let steps = 0; steps < 3; steps++) await later();
        this.contents.objects.set(key, { body, version: put.version });
        return put;
      }
    },
    /a body under another's version \(ETag\)/,
  ],
  [
    "takes an object away before it puts the next one",
    class extends Networked {
      override async putIfMatch(key: string, body: string, version: string): Promise<Writing> {
        const object = this.contents.objects.get(key);
        if (object?.version !== version) return { kind: "conflict" };
        this.contents.objects.delete(key);
        for (let steps = 0; steps < 3; steps++) await later();
        return this.contents.put(key, body);
      }
    },
    /an object is gone while it is replaced/,
  ],
  [
    "has a copy that is behind, and asks it every other time",
    class extends Networked {
      private readonly copy = new Map<string, Reading>();
      private calls = 0;
      override async get(key: string): Promise<Reading> {
        const behind = this.copy.get(key);
        const now = await super.get(key);
        this.copy.set(key, now);
        return this.calls++ % 2 === 0 && behind ? behind : now;
      }
    },
    /reads what was past already|does not read what it accepted last|reads what is deleted/,
  ],
  [
    "lists late",
    class extends Networked {
      private last: Listing = { kind: "listed", keys: [] };
      override async list(prefix: string): Promise<Listing> {
        const before = this.last;
        this.last = await super.list(prefix);
        return before;
      }
    },
    /its list is not what is there/,
  ],
  [
    "lists what is deleted",
    class extends Networked {
      override list(prefix: string): Promise<Listing> {
        this.seen ??= super.list(prefix);
        return this.seen;
      }
      private seen?: Promise<Listing>;
    },
    /its list is not what is there/,
  ],
  [
    "takes a put-if-match of an object that is deleted",
    class extends Networked {
      override async putIfMatch(key: string, body: string, version: string): Promise<Writing> {
        return this.contents.objects.has(key) ? super.putIfMatch(key, body, version) : this.contents.put(key, body);
      }
    },
    /put-if-match \(If-Match\) of an object that is deleted/,
  ],
  [
    "reads the version before it reads the body",
    class extends Networked {
      override async get(key: string): Promise<Reading> {
        const version = this.contents.objects.get(key)?.version;
        const read = await super.get(key);
        return read.kind === "found" && version !== undefined ? { ...read, version } : read;
      }
    },
    "proven",
  ],
  [
    "tells all losers but one to come later",
    class extends Networked {
      override async putIfMatch(key: string, body: string, version: string): Promise<Writing> {
        const put = await super.putIfMatch(key, body, version);
        return put.kind === "conflict" && versions.test(body) && !body.endsWith("1") && body.includes("by")
          ? { kind: "unavailable", reason: "429 rateLimitExceeded" }
          : put;
      }
    },
    "proven",
  ],
  ["does what it should", Networked, "proven"],
];

test.each(stores)("a store that %s", async (_name, Wrong, expected) => {
  const store = new Wrong();
  const proof = await selfTest(store, "self-test/etcd-0/1");
  if (expected === "proven") expect(proof).toEqual({ kind: "proven" });
  else expect(proof).toMatchObject({ kind: "refused", reason: expect.stringMatching(expected) as string });
  expect([...store.contents.objects.keys()]).toEqual([]);
});

test.each(["unavailable", "forbidden"] as const)("a store that is %s is neither proven nor refused", async (kind) => {
  const store = new Networked();
  store.faults.failure = { kind, reason: "no" };
  expect(await selfTest(store, "self-test/etcd-0/1")).toEqual({ kind, reason: "no" });
});

test("a key that somebody uses is left alone", async () => {
  const store = new Networked();
  await store.putIfAbsent("self-test/etcd-0/1/alone", "mine");
  expect(await selfTest(store, "self-test/etcd-0/1")).toMatchObject({ kind: "unavailable" });
  expect(await store.get("self-test/etcd-0/1/alone")).toMatchObject({ kind: "found", body: "mine" });
});
