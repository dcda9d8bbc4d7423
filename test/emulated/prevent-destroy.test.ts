import { protectedAddresses, refusedAddresses, shielded } from "../../emulated/prevent-destroy";

describe("a refused destroy", () => {
  const stack = {
    resource: {
      aws_kms_key: { disks: { lifecycle: { prevent_destroy: true } }, free: {} },
      aws_ebs_volume: { seat: { lifecycle: { prevent_destroy: true, ignore_changes: ["tags"] } } },
    },
  };
  const wanted = protectedAddresses(stack);
  const detail = (address: string) =>
    `Resource ${address} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed.`;
  const refusal = { severity: "error", summary: "Instance cannot be destroyed", detail: detail("aws_ebs_volume.seat") } as const;

  it("names what it protects", () => {
    expect(wanted).toEqual(["aws_kms_key.disks", "aws_ebs_volume.seat"]);
    expect(refusedAddresses([refusal], wanted)).toEqual(["aws_ebs_volume.seat"]);
  });

  it("is not any other error", () => {
    expect(refusedAddresses([{ ...refusal, summary: "Provider produced inconsistent result" }], wanted)).toEqual([]);
  });

  it("covers what a refused one depends on, which Terraform never reaches, and nothing else", () => {
    const state = { address: "aws_ebs_volume.seat", mode: "managed", type: "aws_ebs_volume", values: {} } as const;
    expect(shielded(["aws_ebs_volume.seat"], wanted, [{ ...state, depends_on: ["aws_kms_key.disks"] }])).toEqual(wanted);
    expect(shielded(["aws_ebs_volume.seat"], wanted, [state])).toEqual(["aws_ebs_volume.seat"]);
  });
});
