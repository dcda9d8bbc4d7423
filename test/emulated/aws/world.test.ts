import { worldFor } from "../../../emulated/aws/world";
import { added } from "../../../emulated/inventory";

const image = (name: string, architecture?: string) => ({
  owners: ["075585003325"],
  filter: [{ name: "name", values: [name] }, ...(architecture ? [{ name: "architecture", values: [architecture] }] : [])],
});

describe("the world before the first apply", () => {
  const stack = {
    data: {
      aws_ami: {
        amd64: image("Flatcar-stable-1-hvm", "x86_64"),
        arm64: image("Flatcar-stable-1-arm64-hvm"),
        same: image("Flatcar-stable-1-hvm"),
      },
    },
    resource: {
      aws_route53_record: {
        api: { zone_id: "Z1", name: "api.prod.example.com" },
        inside: { zone_id: "${aws_route53_zone.own.id}", name: "a.example.org" },
      },
    },
  };
  const world = worldFor([stack], "111122223333", "eu-central-1");

  it("holds each image that a stack looks up, once, with its owner and architecture", () => {
    expect(world.images.map(({ name, owner_id, architecture }) => [name, owner_id, architecture])).toEqual([
      ["Flatcar-stable-1-hvm", "075585003325", "x86_64"],
      ["Flatcar-stable-1-arm64-hvm", "075585003325", "arm64"],
    ]);
    expect(world.images.every(({ ami_id }) => /^ami-[0-9a-f]{17}$/.test(ami_id))).toBe(true);
  });

  it("holds the zones that records name by id, not those that the stack makes", () => {
    expect(world.zones).toEqual([{ id: "Z1", name: "prod.example.com" }]);
  });

  it("is the baseline of the inventory", () => {
    expect(added({ "ec2.vpcs": ["vpc-default"] }, { "ec2.vpcs": ["vpc-default"], "kms.keys": ["k"] })).toEqual(["kms.keys k"]);
  });
});
