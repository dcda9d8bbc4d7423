import { allowedDifferences } from "../../emulated/allowed-differences";
import { describe as print, differences, notAllowed } from "../../emulated/plan";
import type { Plan } from "../../terraform/plan";

const change = (actions: string[], before: object | null, after: object | null, unknown: object = {}) =>
  ({ actions, before, after, after_unknown: unknown }) as NonNullable<Plan["resource_changes"]>[number]["change"];

const plan: Plan = {
  resource_changes: [
    { address: "aws_vpc.a", mode: "managed", type: "aws_vpc", change: change(["no-op"], { x: 1 }, { x: 1 }) },
    { address: "data.aws_ami.a", mode: "data", type: "aws_ami", change: change(["read"], null, {}) },
    { address: "aws_lb.a", mode: "managed", type: "aws_lb", change: change(["update"], { x: 1, y: 2 }, { x: 1, y: 3 }) },
    {
      address: "aws_lb.b",
      mode: "managed",
      type: "aws_lb",
      change: change(["update"], { y: 2, z: [1] }, { y: 3 }, { z: true, w: [{ v: false }] }),
    },
    { address: "aws_ebs_volume.a", mode: "managed", type: "aws_ebs_volume", change: change(["delete", "create"], { y: 1 }, { y: 1 }) },
  ],
  output_changes: { api: { actions: ["no-op"] }, key: { actions: ["update"] } },
};

describe("differences of a plan", () => {
  it("are managed resources and outputs that would change, with the arguments", () => {
    expect(differences(plan).map(print)).toEqual([
      "aws_lb.a: update (y)",
      "aws_lb.b: update (y, z)",
      "aws_ebs_volume.a: delete+create",
      "output.key: update",
    ]);
  });

  it("are none in a plan that Terraform calls empty", () => {
    expect(differences({})).toEqual([]);
  });

  it("pass only when every argument is on the allow-list, and never when something comes or goes", () => {
    const allowed = [
      { type: "aws_lb", attribute: "y", reason: "test" },
      { type: "aws_ebs_volume", attribute: "y", reason: "test" },
    ];
    expect(notAllowed(differences(plan), allowed).map(({ address }) => address)).toEqual(["aws_lb.b", "aws_ebs_volume.a", "output.key"]);
  });

  it("have a reason wherever they are allowed", () => {
    expect(allowedDifferences.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });
});
