import type { VspherePlacement } from "../../../constructs/spec/placement-vsphere";
import { worldFor } from "../../../emulated/vsphere/world";
import { readEnvironments } from "../../../stacks/synthesize";

const placement = readEnvironments(["onprem-vsphere"])["onprem-vsphere"]?.cluster.placement as VspherePlacement;

describe("the vCenter before the first apply", () => {
  it("has what the environment names, each once", () => {
    const { templates, ...world } = worldFor(placement);
    expect(world).toEqual({
      datacenter: "dc-1",
      clusters: { "compute-a": 2, "compute-b": 2, "compute-c": 2, arm: 2 },
      datastores: ["ssd-a", "ssd-b", "ssd-c"],
      portGroup: "kubernetes",
      folders: [],
    });
    expect(templates.map(({ path, cluster }) => [path, cluster])).toEqual([
      ["templates/flatcar-4593.2.5", "compute-a"],
      ["templates/flatcar-4593.2.5-arm64", "arm"],
    ]);
  });

  it("is refused where the environment names what the simulator has no part for", () => {
    expect(() => worldFor({ ...placement, storagePolicy: "encrypted" })).toThrow("cannot run here: the environment names a storage policy");
    const library = { ...placement, image: { ...placement.image, library: "images" } };
    expect(() => worldFor(library)).toThrow("cannot run here: the environment names a content library");
  });
});
