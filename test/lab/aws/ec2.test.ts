import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import type { Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ec2At, filters } from "../../../agent/cloud/ec2";
import { makeAuthority } from "../../../lab/authority";
import { ec2 } from "../../../lab/aws/ec2/ec2";
import { answerXml } from "../../../lab/aws/ec2/answer";
import type { AttachCall, Attached, Instance, InstanceRow, LabCalls, VolumeRow } from "../../../lab/cloud/messages";
import { credentialsOf } from "../../../lab/aws/metadata";
import type { Remote } from "../../../lab/cloud/channel";
import { distrust, trust } from "../trust";

const seat = (name: string): Record<string, string> => ({ "coppice-cluster": "prod", "coppice-seat": name });
const zone = "eu-central-1a";
const since = "2026-11-21T16:00:00.000Z";

const instances: readonly InstanceRow[] = [
  { id: "i-0a", address: "10.0.0.1", hostname: "ip-10-0-0-1", zone, tags: seat("etcd-0"), state: "running", launchedAt: since },
  { id: "i-0b", address: "10.0.0.2", hostname: "ip-10-0-0-2", zone, tags: seat("etcd-1"), state: "terminated", launchedAt: since },
];
const volumes: readonly VolumeRow[] = [
  { id: "vol-0a", zone, sizeGiB: 50, state: "available", tags: seat("etcd-0"), createdAt: since },
  {
    id: "vol-0b",
    zone,
    sizeGiB: 50,
    state: "in-use",
    tags: { ...seat("etcd-1"), note: "<a&b>" },
    createdAt: since,
    attachment: { instance: "i-0b", device: "/dev/xvdf", status: "attached", at: since },
  },
];

let folder: string;
let server: Server;
let asker: Instance | undefined;
let attached: AttachCall[];
let result: Attached;

const calls: Partial<LabCalls> = {
  instances: () => instances,
  volumes: () => volumes,
  attach(call) {
    attached.push(call);
    return Promise.resolve(result);
  },
};
const lab = ((name: "attach", argument: AttachCall) => Promise.resolve(calls[name]?.(argument))) as unknown as Remote<LabCalls>;
const known = { get: () => asker } as unknown as ReadonlyMap<string, Instance>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lab-ec2-"));
  const authority = makeAuthority(folder);
  trust(authority.certificate);
  server = ec2(authority.issue(["localhost"]), known, lab);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  distrust();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  attached = [];
  asker = as("etcd", "etcd-0");
  result = { kind: "done", attachment: { instance: "i-0a", device: "/dev/xvdf", status: "attaching", at: since } };
});

function as(role: Instance["caller"]["role"], name?: string): Instance {
  const caller = { role, ...(name !== undefined && { seat: name }) };
  return { id: "i-0a", address: "10.0.0.1", hostname: "", zone, caller, tags: seat(name ?? ""), userData: "", values: {}, balanced: false };
}

async function ask(action: string, parameters: Record<string, string> = {}): Promise<string> {
  const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
  const own = { current: () => Promise.resolve(credentialsOf({ id: "i-0a" })), drop: () => undefined };
  const answer = await ec2At(endpoint, "eu-central-1", own)(action, parameters);
  return answer.kind === "known" ? JSON.stringify(answer.value) : answer.reason;
}

test("volumes are found by tags, status and attachment", async () => {
  const mine = await ask("DescribeVolumes", filters({ "tag:coppice-seat": ["etcd-0"], status: ["available", "in-use"] }));
  expect([mine.includes("vol-0a"), mine.includes("vol-0b")]).toEqual([true, false]);
  const taken = await ask("DescribeVolumes", filters({ "attachment.instance-id": ["i-*"] }));
  expect([taken.includes("vol-0a"), taken.includes("vol-0b"), taken.includes("/dev/xvdf")]).toEqual([false, true, true]);
  expect(await ask("DescribeVolumes", { "VolumeId.1": "vol-0c" })).toBe(
    "DescribeVolumes: InvalidVolume.NotFound The ID 'vol-0c' does not exist",
  );
  expect(await ask("DescribeVolumes", filters({ colour: ["red"] }))).toContain("InvalidParameterValue");
});

test("instances are found by state and id", async () => {
  const running = await ask("DescribeInstances", filters({ "instance-state-name": ["pending", "running"] }));
  expect([running.includes("i-0a"), running.includes("i-0b"), running.includes("10.0.0.1")]).toEqual([true, false, true]);
  const gone = await ask("DescribeInstances", { "InstanceId.1": "i-0b" });
  expect([gone.includes("terminated"), gone.includes("10.0.0.2")]).toEqual([true, false]);
});

test("a seat attaches its own volume to its own machine, and no other", async () => {
  const call = { VolumeId: "vol-0a", InstanceId: "i-0a", Device: "/dev/xvdf" };
  expect(await ask("AttachVolume", call)).toContain("attaching");
  expect(attached).toEqual([{ volume: "vol-0a", instance: "i-0a", device: "/dev/xvdf" }]);
  expect(await ask("AttachVolume", { ...call, VolumeId: "vol-0b" })).toContain("UnauthorizedOperation");
  expect(await ask("AttachVolume", { ...call, InstanceId: "i-0b" })).toContain("UnauthorizedOperation");
  expect(attached).toHaveLength(1);
  result = { kind: "refused", code: "VolumeInUse", message: "vol-0a is already attached to an instance" };
  expect(await ask("AttachVolume", call)).toBe("AttachVolume: VolumeInUse vol-0a is already attached to an instance");
});

test("roles have the calls that their rights name", async () => {
  asker = as("master", "master-0");
  expect(await ask("DescribeInstances")).toContain("i-0a");
  expect(await ask("DescribeVolumes")).toContain("UnauthorizedOperation");
  asker = as("worker");
  expect(await ask("DescribeInstances")).toContain("UnauthorizedOperation");
  asker = { ...as("etcd", "etcd-0"), id: "i-0c" };
  expect(await ask("DescribeInstances")).toContain("InvalidAccessKeyId");
  asker = undefined;
  expect(await ask("DescribeInstances")).toContain("AuthFailure");
  asker = as("etcd", "etcd-0");
  expect(await ask("RunInstances")).toContain("InvalidAction");
});

test("an answer has the form of EC2's", () => {
  const xml = answerXml("DescribeVolumes", "1", { volumeSet: [{ volumeId: "vol-0a", tagSet: [{ key: "a", value: "<&>" }] }] });
  expect(xml).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><volumeSet><item>' +
      "<volumeId>vol-0a</volumeId><tagSet><item><key>a</key><value>&lt;&amp;&gt;</value></item></tagSet>" +
      "</item></volumeSet></DescribeVolumesResponse>",
  );
});
