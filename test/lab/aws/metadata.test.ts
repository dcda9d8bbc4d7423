import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { instanceCredentials } from "../../../agent/store/credentials-aws";
import type { Instance } from "../../../lab/cloud/messages";
import { credentialsOf, metadataService } from "../../../lab/aws/metadata";

const instance: Instance = {
  id: "i-0123456789abcdef0",
  address: "127.0.0.1",
  hostname: "ip-127-0-0-1.eu-central-1.compute.internal",
  zone: "eu-central-1a",
  caller: { role: "etcd", seat: "etcd-0" },
  tags: {},
  userData: "{}",
  values: {},
  balanced: false,
};

const instances = new Map([[instance.address, instance]]);
const notices = new Map<string, Map<string, string>>();
let server: Server;
let endpoint: string;

beforeAll(async () => {
  server = metadataService(instances, notices);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function asked(path: string): Promise<string | number> {
  const session = await (await fetch(`${endpoint}/latest/api/token`, { method: "PUT" })).text();
  const answer = await fetch(`${endpoint}/latest/${path}`, { headers: { "x-aws-ec2-metadata-token": session } });
  return answer.ok ? answer.text() : answer.status;
}

test("a machine sees itself, and nothing without a session", async () => {
  expect(await asked("meta-data/instance-id")).toBe(instance.id);
  expect(await asked("meta-data/local-hostname")).toBe(instance.hostname);
  expect(await asked("meta-data/placement/availability-zone")).toBe("eu-central-1a");
  expect(await asked("user-data")).toBe("{}");
  expect((await fetch(`${endpoint}/latest/meta-data/instance-id`)).status).toBe(401);
});

test("the agent reads its credentials", async () => {
  expect(await instanceCredentials(endpoint).current()).toEqual(credentialsOf(instance));
});

test("an announcement is there as long as the lab says so", async () => {
  expect(await asked("meta-data/events/maintenance/scheduled")).toBe("[]");
  expect(await asked("meta-data/spot/instance-action")).toBe(404);
  notices.set(instance.id, new Map([["spot/instance-action", '{"action":"terminate"}']]));
  expect(await asked("meta-data/spot/instance-action")).toBe('{"action":"terminate"}');
});
