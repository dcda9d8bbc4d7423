import fc from "fast-check";
import { zoneLetters } from "../../constructs/platform/aws/regions";
import { part, prefixOf, type Cidr } from "../../constructs/spec/cidr";
import type { Environment } from "../../constructs/spec/environment";
import { artifact } from "../../constructs/spec/artifacts";
import { defaultKubernetes, kubernetesVersions } from "../../constructs/spec/versions";

/** A block of one of the lengths, somewhere in another. */
export function blockIn(outer: Cidr, shortest: number, longest: number): fc.Arbitrary<Cidr> {
  return fc
    .integer({ min: shortest, max: longest })
    .chain((prefix) => fc.nat(2 ** (prefix - prefixOf(outer)) - 1).map((index) => part(outer, prefix, index)));
}

const account = "111122223333";
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const few = <T>(value: fc.Arbitrary<T>, most = 3): fc.Arbitrary<T[]> =>
  fc.uniqueArray(value, { maxLength: most, selector: (one) => JSON.stringify(one) });

/** Leaves out what is undefined: a field that says nothing is not there. */
function said<T extends object>(fields: fc.Arbitrary<T>) {
  return fields.map((values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)));
}

const zonesOf = (region: string): fc.Arbitrary<string[]> => {
  const letters = [...(zoneLetters[region] ?? "")];
  return fc.shuffledSubarray(letters, { minLength: 1 }).map((some) => some.map((letter) => region + letter));
};

const newVpc = said(
  fc.record({
    nat: maybe(fc.constantFrom("per-zone", "single")),
    endpoints: maybe(fc.boolean()),
    flowLogDays: maybe(fc.constantFrom(1, 30, 365, 731)),
  }),
);

/** Subnets of 10.0.0.0/12: /27 and longer ones for seats at its start, /20 for workers behind them. */
function existingVpc(zones: readonly string[]) {
  return said(fc.record({ endpoints: maybe(fc.constant("sg-0123456789abcdef0")) })).map((more) => ({
    vpc: "vpc-0123456789abcdef0",
    subnets: Object.fromEntries(
      zones.map((zone, index) => [
        zone,
        {
          seats: { id: `subnet-0000000${index}`, cidr: part("10.0.0.0/12", 27, index) },
          workers: { id: `subnet-1000000${index}`, cidr: part("10.0.0.0/12", 20, index + 1) },
          public: `subnet-2000000${index}`,
        },
      ]),
    ),
    ...more,
  }));
}

function placement(region: string, zones: string[]) {
  const arn = (service: string, rest: string, where = region): string => `arn:aws:${service}:${where}:${account}:${rest}`;
  return said(
    fc.record({
      cloud: fc.constant("aws"),
      account: fc.constant(account),
      region: fc.constant(region),
      zones: fc.constant(zones),
      image: maybe(
        fc
          .constantFrom("flatcar", "debian", "ubuntu")
          .map((os) => ({ os, names: { amd64: `${os}-1`, arm64: `${os}-1-arm64` }, owner: account })),
      ),
      network: fc.oneof(fc.constant(undefined), newVpc, existingVpc(zones)),
      boundary: maybe(fc.constant(arn("iam", "policy/boundary", ""))),
      profiles: maybe(fc.constant({ etcd: "etcd", masters: "masters", workers: "workers" })),
      keys: maybe(said(fc.record({ store: maybe(fc.constant(arn("kms", "key/1"))), volumes: maybe(fc.constant(arn("kms", "key/2"))) }))),
      dnsZone: maybe(fc.constant({ id: "Z0123456789ABCDEFGHIJ", name: "k8s.example.com" })),
      alarms: maybe(fc.constant({ topic: arn("sns", "on-call") })),
    }),
  );
}

const sizes = fc.record({ cpus: fc.integer({ min: 1, max: 64 }), memoryGiB: fc.integer({ min: 1, max: 512 }) });
const machine = fc.constantFrom("amd64", "arm64").chain((architecture) =>
  said(
    fc.record({
      architecture: architecture === "amd64" ? maybe(fc.constant(architecture)) : fc.constant(architecture),
      size: maybe(
        fc.oneof(
          sizes,
          fc.constantFrom(
            ...{ amd64: ["m7i.large", "t3.xlarge", "c6a.2xlarge"], arm64: ["m7g.large", "t4g.xlarge", "c8g.2xlarge"] }[architecture],
          ),
        ),
      ),
    }),
  ),
);

const pool = fc.tuple(machine, fc.nat(20), fc.integer({ min: 1, max: 40 })).chain(([kind, min, more]) =>
  said(
    fc.record({
      min: fc.constant(min),
      max: fc.constant(min + more),
      alternatives: maybe(
        few(
          fc.constantFrom(
            ...("architecture" in kind && kind["architecture"] === "arm64" ? ["m6g.large", "r8g.large"] : ["m6i.large", "r5.large"]),
          ),
        ),
      ),
      diskGiB: maybe(fc.integer({ min: 20, max: 500 })),
      spotPercent: maybe(fc.nat(99)),
      labels: maybe(
        fc.dictionary(
          word.map((one) => `example.com/${one}`),
          word,
          { maxKeys: 3 },
        ),
      ),
      taints: maybe(few(word).map((keys) => keys.map((key) => ({ key, effect: "NoSchedule" as const })))),
    }),
  ).map((rest) => ({ ...kind, ...rest })),
);

/** Beside the defaults of the blocks that are left out. */
const network = said(
  fc.record({
    nodes: maybe(blockIn("10.0.0.0/10", 16, 20)),
    pods: maybe(blockIn("10.128.0.0/9", 10, 14)),
    services: maybe(blockIn("172.16.0.0/12", 12, 24)),
    domain: maybe(fc.constantFrom("cluster.local", "k8s.example.com")),
    proxy: maybe(
      fc.constantFrom({ http: "http://192.168.0.10:3128" }, { http: "http://proxy.example.org:8080", bypass: [".example.org"] }),
    ),
    dns: maybe(few(fc.nat(255).map((host) => `192.168.1.${host}`))),
    ntp: maybe(few(fc.constantFrom("192.168.2.1", "192.168.2.2", "ntp.example.org"))),
  }),
);

const access = fc
  .tuple(few(blockIn("203.0.113.0/24", 25, 32)), fc.boolean())
  .map(([from, open]) => ({ api: open && from.length > 0 ? "public" : "internal", from }));

const flow = fc.record({
  from: fc.constantFrom("etcd", "masters", "workers"),
  to: blockIn("192.168.128.0/17", 24, 32),
  ports: fc.constantFrom(["tcp/25"], ["udp/30000-32767"], ["tcp/1-65535", "udp/514"]),
  why: fc.constant("what the company asks for"),
});

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/).filter((one) => !/^(internal|sg)-/.test(one));
const poolName = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);
const certificate = fc
  .stringMatching(/^[A-Za-z0-9+/]{4,64}$/)
  .map((line) => `-----BEGIN CERTIFICATE-----\n${line}\n-----END CERTIFICATE-----\n`);

const mirror = "https://mirror.example.org/upstream";
const kubelet = artifact("kubelet", defaultKubernetes).amd64.url;

/** A seat count that this many zones can hold. */
const seatsIn = (zones: number, needed: number) => fc.constantFrom(...(zones >= needed ? [1, 3, 5] : [1]));

const cluster = fc
  .constantFrom(...Object.keys(zoneLetters).filter((region) => !/^(cn|us-gov)-/.test(region)))
  .chain((region) => zonesOf(region).map((zones) => ({ region, zones })))
  .chain(({ region, zones }) =>
    said(
      fc.record({
        name,
        placement: placement(region, zones),
        kubernetes: maybe(fc.constantFrom(...kubernetesVersions)),
        network: maybe(network),
        etcd: fc
          .tuple(machine, seatsIn(zones.length, 3), fc.integer({ min: 2, max: 8 }))
          .map(([kind, seats, quotaGiB]) => ({ ...kind, seats, quotaGiB })),
        masters: fc.tuple(machine, seatsIn(zones.length, 2)).map(([kind, seats]) => ({ ...kind, seats })),
        workers: fc.dictionary(poolName, pool, { minKeys: 1, maxKeys: 4 }),
        access: maybe(access),
        addons: maybe(fc.constantFrom("cilium", "calico", "antrea", "none").map((cni) => ({ cni }))),
        segmentation: maybe(fc.uniqueArray(flow, { maxLength: 3, selector: ({ to }) => to }).map((machines) => ({ machines }))),
        sources: fc.constantFrom<object>({}, { mirror }, { mirror, builds: { [kubelet]: "0".repeat(64) } }),
        trust: maybe(few(certificate)),
        tags: maybe(fc.dictionary(word, word, { maxKeys: 5 })),
        backup: maybe(
          said(fc.record({ everyMinutes: maybe(fc.integer({ min: 1, max: 60 })), keepDays: maybe(fc.integer({ min: 1, max: 365 })) })),
        ),
      }),
    ).map(({ sources, ...rest }) => ({ ...rest, ...(sources as object) })),
  );

const backend = fc.oneof(
  fc.constant({ type: "s3", bucket: "example-terraform-state", region: "eu-central-1" }),
  fc.constant({ type: "gcs", bucket: "example-terraform-state", project: "example-platform", location: "europe-west1" }),
  fc.constant({ type: "local", folder: "state" }),
);

/** Valid environments on AWS, from the minimal one to one that says something in every field. */
export const environments = fc
  .record({ cluster, backend, timerFactor: fc.constantFrom(1, 0.1, 0.001) })
  .map(({ cluster: one, backend, timerFactor }) => ({
    cluster: { ...one, repair: { timerFactor } },
    backend,
    protect: timerFactor === 1,
  })) as unknown as fc.Arbitrary<Environment>;
