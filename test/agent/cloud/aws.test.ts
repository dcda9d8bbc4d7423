import { Aws } from "../../../agent/cloud/aws";
import type { Metadata } from "../../../agent/cloud/cloud";
import { filters, type Ec2 } from "../../../agent/cloud/ec2";
import { parseXml } from "../../../agent/cloud/xml";
import { answerXml, errorXml, type Value } from "../../../lab/aws/ec2/answer";

const self = "i-0123456789abcdef0";
const known: Readonly<Record<string, string>> = {
  "instance-id": self,
  "placement/availability-zone": "eu-central-1a",
  "local-ipv4": "10.0.0.4",
  "local-hostname": "ip-10-0-0-4.eu-central-1.compute.internal",
};
const metadata =
  (more: Readonly<Record<string, string>> = {}): Metadata =>
  async (path) => ({ kind: "known", value: { ...known, ...more }[path] });

/** EC2 as it writes its answers; the reader is what is tested. */
function ec2(answers: Readonly<Record<string, Readonly<Record<string, Value>>>>, asked: string[] = []): Ec2 {
  return async (action, parameters) => {
    asked.push(`${action} ${new URLSearchParams(parameters)}`);
    const answer = answers[action];
    return answer
      ? { kind: "known", value: parseXml(answerXml(action, "request", answer)) }
      : { kind: "unknown", reason: `${action}: refused` };
  };
}

const volume = (more: Readonly<Record<string, Value>> = {}): Value => ({
  volumeId: "vol-0a",
  status: "available",
  attachmentSet: [],
  ...more,
});
const attachedTo = (instanceId: string, status = "attached"): Value =>
  volume({ status: "in-use", attachmentSet: [{ instanceId, device: "/dev/sdf", status }] });

test("a machine knows itself once its metadata are whole, and asks no more then", async () => {
  const cloud = new Aws("orchard", metadata(), ec2({}));
  expect(await cloud.self()).toEqual({
    kind: "known",
    value: {
      instance: self,
      zone: "eu-central-1a",
      address: "10.0.0.4",
      hostname: "ip-10-0-0-4.eu-central-1.compute.internal",
      providerId: `aws:///eu-central-1a/${self}`,
    },
  });
  expect(await new Aws("orchard", metadata({ "local-ipv4": "" }), ec2({})).self()).toMatchObject({ kind: "unknown" });
});

describe("the volume of a seat", () => {
  test("is looked for by cluster and seat, and attached when nobody has it", async () => {
    const asked: string[] = [];
    const cloud = new Aws("orchard", metadata(), ec2({ DescribeVolumes: { volumeSet: [volume()] }, AttachVolume: {} }, asked));
    expect(await cloud.seatVolume("etcd-0")).toEqual({ kind: "waiting", reason: "vol-0a is being attached" });
    expect(decodeURIComponent(asked[0] ?? "")).toBe(
      "DescribeVolumes Filter.1.Name=tag:coppice-cluster&Filter.1.Value.1=orchard&Filter.2.Name=tag:coppice-seat&Filter.2.Value.1=etcd-0",
    );
    expect(decodeURIComponent(asked[1] ?? "")).toBe(`AttachVolume VolumeId=vol-0a&InstanceId=${self}&Device=/dev/sdf`);
  });

  test.each([
    [
      "another machine still has it",
      { volumeSet: [attachedTo("i-other")] },
      { kind: "waiting", reason: "vol-0a is still attached to i-other" },
    ],
    [
      "its device is not there yet",
      { volumeSet: [attachedTo(self)] },
      { kind: "waiting", reason: "vol-0a is attached, its device is not there yet" },
    ],
    ["there is none", { volumeSet: [] }, { kind: "absent", reason: "no volume has the tag coppice-seat=etcd-0" }],
    ["the only one is being deleted", { volumeSet: [volume({ status: "deleting" })] }, { kind: "absent" }],
    [
      "two say that they are it",
      { volumeSet: [volume(), volume({ volumeId: "vol-0b" })] },
      { kind: "waiting", reason: expect.stringContaining("2 volumes") as string },
    ],
  ])("when %s: it is left alone", async (_, described, wanted) => {
    const asked: string[] = [];
    const cloud = new Aws("orchard", metadata(), ec2({ DescribeVolumes: described, AttachVolume: {} }, asked));
    expect(await cloud.seatVolume("etcd-0")).toMatchObject(wanted);
    expect(asked.some((call) => call.startsWith("AttachVolume"))).toBe(false);
  });

  test("is not called absent by a cloud that does not answer", async () => {
    expect(await new Aws("orchard", metadata(), ec2({})).seatVolume("etcd-0")).toEqual({
      kind: "waiting",
      reason: "DescribeVolumes: refused",
    });
  });
});

test("an instance is known with its pool, and asked for among those of this cluster that run", async () => {
  const item = {
    instanceId: "i-worker",
    privateIpAddress: "10.0.1.5",
    privateDnsName: "ip-10-0-1-5",
    placement: { availabilityZone: "eu-central-1b" },
    tagSet: [{ key: "coppice-pool", value: "general & more" }],
  };
  const asked: string[] = [];
  const cloud = new Aws("orchard", metadata(), ec2({ DescribeInstances: { reservationSet: [{ instancesSet: [item] }] } }, asked));
  expect(await cloud.instance("ip-10-0-1-5")).toEqual({
    kind: "known",
    value: {
      id: "i-worker",
      pool: "general & more",
      addresses: ["10.0.1.5"],
      names: ["ip-10-0-1-5"],
      providerId: "aws:///eu-central-1b/i-worker",
    },
  });
  expect(decodeURIComponent(asked[0] ?? "")).toContain("Value.1=running");
  const none = new Aws("orchard", metadata(), ec2({ DescribeInstances: { reservationSet: [] } }));
  expect(await none.instance("i-gone")).toEqual({ kind: "known", value: undefined });
});

test.each([
  [{ "spot/instance-action": '{"action":"terminate"}' }, 'spot: {"action":"terminate"}'],
  [{ "autoscaling/target-lifecycle-state": "Terminated" }, "its group ends it"],
  [{ "autoscaling/target-lifecycle-state": "InService" }, undefined],
])("what is announced in %j is heard", async (more, value) => {
  expect(await new Aws("orchard", metadata(more as unknown as Record<string, string>), ec2({})).interruption()).toEqual({
    kind: "known",
    value,
  });
});

test("EC2's XML is read, and what is none is an error", () => {
  expect(() => parseXml("<a><b></a></b>")).toThrow("closes nothing");
  expect(() => parseXml("gateway timeout")).toThrow("no XML");
  expect(parseXml(errorXml("r", "VolumeInUse", "a < b")).children[0]?.children[0]?.children[1]?.text).toBe("a < b");
  expect(filters({ a: ["1", "2"] })).toEqual({ "Filter.1.Name": "a", "Filter.1.Value.1": "1", "Filter.1.Value.2": "2" });
});
