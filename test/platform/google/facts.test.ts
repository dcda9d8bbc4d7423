import fc from "fast-check";
import { googleFacts } from "../../../constructs/platform/google/facts";
import { imageOf } from "../../../constructs/platform/google/images";
import { diskTypes, googleTypes } from "../../../constructs/platform/google/machine-types";
import { regions, zoneLetters, zonesIn } from "../../../constructs/platform/google/regions";
import type { GoogleSpec } from "../../../constructs/platform/google/spec";
import { at } from "../../../constructs/spec/rules/rule";
import { architectures } from "../../../constructs/spec/versions";
import { set } from "../../spec/bad-input/row";
import { minimalOnGoogle } from "../../spec/environments-google";
import { changed, read } from "../../spec/reading";

const google = (...changes: Parameters<typeof changed>[1]): GoogleSpec => read(changed(minimalOnGoogle, changes)).cluster as GoogleSpec;

describe("machine types", () => {
  it.each([
    [2, 8, "n4-standard-2", "c4a-standard-2"],
    [4, 16, "n4-standard-4", "c4a-standard-4"],
    [2, 4, "n4-highcpu-2", "c4a-highcpu-2"],
    [2, 16, "n4-highmem-2", "c4a-highmem-2"],
    [1, 2, "n4-highcpu-2", "c4a-highcpu-1"],
    [1, 8, "n4-standard-2", "c4a-highmem-1"],
    [8, 20, "n4-standard-8", "c4a-standard-8"],
    [80, 640, "n4-highmem-80", undefined],
    [72, 576, "n4-highmem-80", "c4a-highmem-72"],
  ])("picks for %d vCPUs and %d GiB %s or %s", (cpus, memoryGiB, intel, axion) => {
    expect(googleFacts.machineType({ cpus, memoryGiB }, "amd64")).toBe(intel);
    const arm = () => googleFacts.machineType({ cpus, memoryGiB }, "arm64");
    if (axion === undefined) expect(arm).toThrow("no machine type has 80 vCPUs and 640 GiB on arm64");
    else expect(arm()).toBe(axion);
  });

  it("picks the one with the least memory, then the fewest vCPUs, of all that fit", () => {
    const size = fc.record({ cpus: fc.integer({ min: 1, max: 72 }), memoryGiB: fc.integer({ min: 1, max: 576 }) });
    fc.assert(
      fc.property(size, fc.constantFrom(...architectures), (wanted, architecture) => {
        const name = googleFacts.machineType(wanted, architecture);
        const fits = googleTypes.picked.filter(
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

  it("knows each type once, and its architecture by its name", () => {
    const { known, picked, architectureOf, isType } = googleTypes;
    expect(new Set(known).size).toBe(known.length);
    expect(picked.filter((type) => architectureOf(type.name) !== type.architecture)).toEqual([]);
    expect(known.every((type) => isType(type))).toBe(true);
  });

  it.each([
    ["e2-medium", true, "amd64", "pd-ssd"],
    ["n2-standard-4", true, "amd64", "pd-ssd"],
    ["t2a-standard-1", true, "arm64", "pd-ssd"],
    ["n4a-highmem-8", true, "arm64", "hyperdisk-balanced"],
    ["n4-custom-4-16384", true, "amd64", "hyperdisk-balanced"],
    ["c4d-standard-8-lssd", true, "amd64", "hyperdisk-balanced"],
    ["n4-standard-3", false, "amd64", "hyperdisk-balanced"],
    ["c4a-highcpu-80", false, "arm64", "hyperdisk-balanced"],
    ["m7i.large", false, "amd64", "hyperdisk-balanced"],
    ["large", false, "amd64", "pd-ssd"],
  ])("reads %s", (type, exists, architecture, volume) => {
    expect([googleTypes.isType(type), googleTypes.architectureOf(type), diskTypes(type).volume]).toEqual([exists, architecture, volume]);
  });
});

it("knows regions of three zones or four", () => {
  expect(regions.filter((region) => ![3, 4].includes(zoneLetters[region]?.length ?? 0))).toEqual([]);
  expect(zonesIn("us-central1")).toEqual(["us-central1-a", "us-central1-b", "us-central1-c", "us-central1-f"]);
});

describe("what a machine boots", () => {
  it("is one exact image of Ubuntu for each architecture", () => {
    const of = (architecture: "amd64" | "arm64") => imageOf(google(), architecture);
    expect(of("amd64")).toBe("projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20260422");
    expect(of("arm64")).toBe("projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-arm64-v20260422");
  });

  it("is what the environment names, and refused for an architecture without image", () => {
    const image = { os: "flatcar", names: { amd64: "flatcar-stable-4593-2-5" }, project: "kinvolk-public" };
    const spec = google(set(at("placement", "image"), image));
    expect(imageOf(spec, "amd64")).toBe("projects/kinvolk-public/global/images/flatcar-stable-4593-2-5");
    expect(() => imageOf(spec, "arm64")).toThrow("placement.image names no image for arm64");
  });
});

describe("what a machine knows of Google Cloud", () => {
  it("is its store, and what no proxy stands before", () => {
    expect(googleFacts.node(google())).toEqual({
      platform: "google",
      os: "ubuntu",
      store: {
        kind: "gcs",
        bucket: "coppice-orchard-example-platform",
        region: "europe-west4",
        endpoint: "https://storage.googleapis.com",
        secretsKey: "projects/example-platform/locations/europe-west4/keyRings/coppice-orchard/cryptoKeys/secrets",
      },
      api: { addresses: ["10.0.224.5"], names: [] },
      bypass: ["169.254.169.254", "metadata.google.internal", ".googleapis.com"],
      timeServers: ["169.254.169.254"],
      cloudProvider: "external",
      giveUp: "poweroff",
    });
  });

  it("is the API's own name, and no address that is not known yet", () => {
    const spec = google(
      set(at("placement", "dnsZone"), { id: "k8s", name: "k8s.example.com" }),
      set(at("access"), { api: "public", from: ["203.0.113.0/24"] }),
    );
    expect(googleFacts.node(spec).api).toEqual({ addresses: [], names: ["api.orchard.k8s.example.com"] });
  });
});

it("names an owner for every fault, and nobody only for a zone", () => {
  expect(new Set(googleFacts.repair.map((row) => row.fault)).size).toBe(googleFacts.repair.length);
  expect(googleFacts.repair.filter((row) => row.owner === "nobody").map((row) => row.fault)).toEqual(["a zone is lost"]);
});
