import type { Known } from "../../../agent/cloud/cloud";
import type { Element } from "../../../agent/cloud/xml";
import { nextName } from "../../../cli/reconcile/shelf";
import { awsShelf } from "../../../cli/reconcile/shelf-aws";
import { googleShelf } from "../../../cli/reconcile/shelf-google";

test.each([
  ["prod-etcd-0", "prod-etcd-0", "prod-etcd-0-2"],
  ["prod-etcd-0-2", "prod-etcd-0", "prod-etcd-0-3"],
  ["coppice-prod/prod-etcd-0.vmdk", "coppice-prod/prod-etcd-0.vmdk", "coppice-prod/prod-etcd-0-2.vmdk"],
  ["coppice-prod/prod-etcd-0-9.vmdk", "coppice-prod/prod-etcd-0.vmdk", "coppice-prod/prod-etcd-0-10.vmdk"],
])("after %s of %s comes %s", (own, first, next) => {
  expect(nextName(own, first)).toBe(next);
});

describe("on AWS", () => {
  const volume = { id: "vol-1", tags: { "coppice-seat": "etcd-0" } };
  const said: string[] = [];
  const shelf = (detached: Known<Element>) =>
    awsShelf((action, parameters) => {
      said.push(`${action} ${new URLSearchParams(parameters)}`);
      return Promise.resolve(action === "DetachVolume" ? detached : { kind: "known", value: { name: "", text: "", children: [] } });
    });
  beforeEach(() => said.splice(0));

  it("a volume loses the tag by which agents find it, and is detached", async () => {
    const done = await shelf({ kind: "known", value: { name: "", text: "", children: [] } }).putAside(volume);
    expect(done).toEqual({ kind: "known", value: "put aside" });
    expect(said).toEqual([
      "CreateTags ResourceId.1=vol-1&Tag.1.Key=coppice-retired&Tag.1.Value=etcd-0",
      "DeleteTags ResourceId.1=vol-1&Tag.1.Key=coppice-seat",
      "DetachVolume VolumeId=vol-1",
    ]);
  });

  it("one that is in no machine is put aside too, and one that EC2 says nothing of is not", async () => {
    expect(await shelf({ kind: "unknown", reason: "DetachVolume: IncorrectState" }).putAside(volume)).toMatchObject({ kind: "known" });
    expect(await shelf({ kind: "unknown", reason: "DetachVolume: 503" }).putAside(volume)).toMatchObject({ kind: "unknown" });
  });
});

it("on Google Cloud a disk gets another label in place of its seat's", async () => {
  const said: unknown[] = [];
  const shelf = googleShelf((url, body) => {
    said.push([url, body]);
    return Promise.resolve({ labels: { "coppice-seat": "etcd-0", owner: "platform" }, labelFingerprint: "f" });
  });
  await shelf.putAside({ self_link: "https://compute/disks/a" });
  expect(said).toEqual([
    ["https://compute/disks/a", undefined],
    ["https://compute/disks/a/setLabels", { labels: { owner: "platform", "coppice-retired": "etcd-0" }, labelFingerprint: "f" }],
  ]);
  expect(await googleShelf(() => Promise.reject(new Error("403"))).putAside({ self_link: "a" })).toEqual({
    kind: "unknown",
    reason: "403",
  });
});
