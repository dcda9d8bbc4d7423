import fc from "fast-check";
import { awsFacts } from "../../../constructs/platform/aws/facts";
import { imageOf } from "../../../constructs/platform/aws/images";
import { awsTypes } from "../../../constructs/platform/aws/machine-types";
import { isZoneOf, regions, zoneLetters } from "../../../constructs/platform/aws/regions";
import { at } from "../../../constructs/spec/rules/rule";
import { architectures } from "../../../constructs/spec/versions";
import { set } from "../../spec/bad-input/row";
import { full, minimal } from "../../spec/environments";
import type { AwsSpec } from "../../../constructs/platform/aws/spec";
import { changed, read } from "../../spec/reading";

const { architectureOf, isType: isMachineType, known: knownTypes, picked: pickedTypes } = awsTypes;
const aws = (input: unknown): AwsSpec => read(input).cluster as AwsSpec;

describe("machine types", () => {
  it.each([
    [2, 8, "m7i.large", "m7g.large"],
    [4, 16, "m7i.xlarge", "m7g.xlarge"],
    [2, 4, "c7i.large", "c7g.large"],
    [2, 16, "r7i.large", "r7g.large"],
    [1, 2, "c7i.large", "c7g.medium"],
    [1, 8, "m7i.large", "r7g.medium"],
    [3, 6, "c7i.xlarge", "c7g.xlarge"],
    [8, 20, "m7i.2xlarge", "m7g.2xlarge"],
    [64, 512, "r7i.16xlarge", "r7g.16xlarge"],
  ])("picks for %d vCPUs and %d GiB %s or %s", (cpus, memoryGiB, intel, graviton) => {
    expect(awsFacts.machineType({ cpus, memoryGiB }, "amd64")).toBe(intel);
    expect(awsFacts.machineType({ cpus, memoryGiB }, "arm64")).toBe(graviton);
  });

  it("picks the one with the least memory, then the fewest vCPUs, of all that fit", () => {
    const size = fc.record({ cpus: fc.integer({ min: 1, max: 64 }), memoryGiB: fc.integer({ min: 1, max: 512 }) });
    fc.assert(
      fc.property(size, fc.constantFrom(...architectures), (wanted, architecture) => {
        const name = awsFacts.machineType(wanted, architecture);
        const fits = pickedTypes.filter(
          (type) => type.architecture === architecture && type.cpus >= wanted.cpus && type.memoryGiB >= wanted.memoryGiB,
        );
        const picked = fits.find((type) => type.name === name);
        const smaller = fits.filter(
          (type) => picked && (type.memoryGiB < picked.memoryGiB || (type.memoryGiB === picked.memoryGiB && type.cpus < picked.cpus)),
        );
        expect([picked?.name, smaller]).toEqual([name, []]);
      }),
      { numRuns: 1000 },
    );
  });

  it("takes a name as it is, and throttled types by name only", () => {
    expect(awsFacts.machineType("t3.medium", "amd64")).toBe("t3.medium");
    expect(pickedTypes.filter((type) => type.name.startsWith("t"))).toEqual([]);
  });

  it("says when nothing fits", () => {
    expect(() => awsFacts.machineType({ cpus: 96, memoryGiB: 64 }, "arm64")).toThrow("no machine type has 96 vCPUs and 64 GiB on arm64");
  });

  it("knows each type once, and its architecture by its name", () => {
    expect(new Set(knownTypes).size).toBe(knownTypes.length);
    expect(pickedTypes.filter((type) => architectureOf(type.name) !== type.architecture)).toEqual([]);
    expect(knownTypes.every(isMachineType)).toBe(true);
  });

  it.each([
    ["a1.large", true, "arm64"],
    ["t4g.nano", true, "arm64"],
    ["g5g.xlarge", true, "arm64"],
    ["c7gn.metal", true, "arm64"],
    ["g4dn.xlarge", true, "amd64"],
    ["m7i-flex.large", true, "amd64"],
    ["u7i-12tb.224xlarge", true, "amd64"],
    ["m7i.medium", false, "amd64"],
    ["t3.4xlarge", false, "amd64"],
    ["r7g.24xlarge", false, "arm64"],
    ["large", false, "amd64"],
  ])("reads %s", (type, exists, architecture) => {
    expect([isMachineType(type), architectureOf(type)]).toEqual([exists, architecture]);
  });
});

describe("regions", () => {
  it("have at least two zones", () => {
    expect(regions.filter((region) => (zoneLetters[region] ?? "").length < 2)).toEqual([]);
  });

  it.each([
    ["eu-central-1", "eu-central-1a", true],
    ["eu-central-1", "eu-central-1f", true],
    ["eu-central-1", "eu-central-1g", false],
    ["eu-central-1", "eu-central-2a", false],
    ["eu-central-1", "eu-central-1", false],
  ])("%s holds %s: %s", (region, zone, held) => {
    expect(isZoneOf(region, zone)).toBe(held);
  });
});

describe("what a machine boots", () => {
  it("is one exact image of Flatcar for each architecture", () => {
    const cluster = aws(minimal);
    expect(imageOf(cluster, "amd64")).toEqual({ os: "flatcar", name: "Flatcar-stable-4593.2.5-hvm", owner: "075585003325" });
    expect(imageOf(cluster, "arm64")).toEqual({ os: "flatcar", name: "Flatcar-stable-4593.2.5-arm64-hvm", owner: "075585003325" });
  });

  it("is what the environment names", () => {
    expect(imageOf(aws(full), "arm64")).toEqual({ os: "debian", name: "debian-13-arm64-20260914-2601", owner: "136693071363" });
  });

  it("is refused for an architecture without image", () => {
    const image = { os: "ubuntu", names: { amd64: "ubuntu-1" }, owner: "099720109477" };
    const cluster = aws(changed(minimal, [set(at("placement", "image"), image)]));
    expect(() => imageOf(cluster, "arm64")).toThrow("placement.image names no image for arm64");
  });
});

describe("what a machine knows of AWS", () => {
  const node = (...changes: Parameters<typeof changed>[1]) => awsFacts.node(aws(changed(minimal, changes)));

  it("is its store, and what no proxy stands before", () => {
    expect(node()).toEqual({
      platform: "aws",
      os: "flatcar",
      store: {
        kind: "s3",
        bucket: "coppice-orchard-111122223333-eu-central-1",
        region: "eu-central-1",
        endpoint: "https://s3.eu-central-1.amazonaws.com",
        secretsKey: "alias/coppice-orchard-secrets",
      },
      api: { addresses: ["10.0.224.5", "10.0.226.5", "10.0.228.5"], names: ["*.elb.eu-central-1.amazonaws.com"] },
      bypass: ["169.254.169.254", "169.254.169.123", ".eu-central-1.amazonaws.com"],
      timeServers: ["169.254.169.123"],
      cloudProvider: "external",
      giveUp: "poweroff",
    });
  });

  it("sends all but the store through the proxy where the network has no endpoints", () => {
    const { bypass } = node(set(at("placement", "network"), { endpoints: false }));
    expect(bypass.slice(2)).toEqual(["s3.eu-central-1.amazonaws.com", ".s3.eu-central-1.amazonaws.com"]);
  });

  it("is the domain of its partition", () => {
    const zones = ["cn-north-1a", "cn-north-1b", "cn-north-1c"];
    const image = { os: "flatcar", names: { amd64: "flatcar-1" }, owner: "111122223333" };
    const china = { ...minimal.cluster.placement, region: "cn-north-1", zones, image };
    expect(node(set(at("placement"), china)).store.endpoint).toBe("https://s3.cn-north-1.amazonaws.com.cn");
  });

  it("is the key that the environment brings", () => {
    expect(awsFacts.node(aws(full)).store.secretsKey).toBe("arn:aws:kms:eu-central-1:111122223333:key/2");
  });
});

it("names an owner for every fault, and nobody only for a zone", () => {
  expect(new Set(awsFacts.repair.map((row) => row.fault)).size).toBe(awsFacts.repair.length);
  expect(awsFacts.repair.filter((row) => row.owner === "nobody").map((row) => row.fault)).toEqual(["a zone is lost"]);
});
