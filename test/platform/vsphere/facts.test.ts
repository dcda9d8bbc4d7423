import { vsphereFacts } from "../../../constructs/platform/vsphere/facts";
import type { VsphereSpec } from "../../../constructs/platform/vsphere/spec";
import { at } from "../../../constructs/spec/rules/rule";
import { set } from "../../spec/bad-input/row";
import { minimalOnVsphere } from "../../spec/environments-vsphere";
import { changed, read } from "../../spec/reading";

const vsphere = (...changes: Parameters<typeof changed>[1]): VsphereSpec => read(changed(minimalOnVsphere, changes)).cluster as VsphereSpec;

it("gives a machine what its size says, and knows no types", () => {
  expect(vsphereFacts.machineType({ cpus: 4, memoryGiB: 16 }, "amd64")).toBe("4 vCPUs and 16 GiB");
  expect(() => vsphereFacts.machineType("m7i.large", "amd64")).toThrow("m7i.large is a machine type, and vSphere has none");
});

describe("what a machine knows of vSphere", () => {
  it("is its store, its time, the address that the masters share, and that it filters itself", () => {
    expect(vsphereFacts.node(vsphere())).toEqual({
      platform: "vsphere",
      os: "flatcar",
      store: { kind: "s3", bucket: "coppice-orchard", region: "us-east-1", endpoint: "https://s3.example.com" },
      bypass: ["s3.example.com", "vcenter.example.com"],
      timeServers: ["ntp.example.com"],
      api: { addresses: ["10.40.0.5"], names: [] },
      cloudProvider: "external",
      giveUp: "reboot",
      ownNetwork: { apiAddress: "10.40.0.5", cloud: ["0.0.0.0/0"] },
    });
  });

  it("is the API's address and name that were chosen, and the servers that are given by address", () => {
    const { api, ownNetwork } = vsphereFacts.node(
      vsphere(
        set(at("placement", "apiAddress"), "10.40.0.30"),
        set(at("placement", "apiName"), "api.example.com"),
        set(at("placement", "server"), "10.60.0.10"),
        set(at("placement", "store", "endpoint"), "https://10.60.0.20:9000"),
      ),
    );
    expect(api).toEqual({ addresses: ["10.40.0.30"], names: ["api.example.com"] });
    expect(ownNetwork).toEqual({ apiAddress: "10.40.0.30", cloud: ["10.60.0.10/32", "10.60.0.20/32"] });
  });
});

it("names an owner for every fault, and nobody only for a zone", () => {
  expect(new Set(vsphereFacts.repair.map((row) => row.fault)).size).toBe(vsphereFacts.repair.length);
  expect(vsphereFacts.repair.filter((row) => row.owner === "nobody").map((row) => row.fault)).toEqual(["a zone is lost"]);
});
