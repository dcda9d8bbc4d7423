import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudController } from "../../lab/cloud-controller";
import type { Machine } from "../../lab/machine";
import type { Operator } from "../../lab/operator";

const taints = [{ key: "node.cloudprovider.kubernetes.io/uninitialized" }, { key: "example.com/batch", effect: "NoSchedule" }];

function node(name: string, ready: string, more: object = {}) {
  return {
    metadata: { name, resourceVersion: "7" },
    spec: { podCIDR: "10.64.3.0/24", ...more },
    status: { conditions: [{ type: "Ready", status: ready }] },
  };
}

let root: string;
let asked: unknown[];
let line: (text: string) => void;
let controller: CloudController;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "lab-controller-"));
  asked = [];
  let end: () => void = () => undefined;
  const operator = {
    hasCredentials: () => true,
    watch: (_: string, listener: (text: string) => void) => {
      line = listener;
      return { ended: new Promise<void>((resolve) => (end = resolve)), stop: () => end() };
    },
    ask: (method: string, path: string, body = "null") => Promise.resolve(asked.push([method, path, JSON.parse(body)])),
  } as unknown as Operator;
  const machine = { hostname: "here", instance: "i-0", root, plan: { name: "general-0" } } as Machine;
  controller = new CloudController(
    { id: "x", folder: root },
    { routePods: () => Promise.resolve() },
    operator,
    () => [machine],
    (reason) => asked.push(reason),
  );
  await new Promise((resolve) => setImmediate(resolve));
});
afterEach(async () => {
  await controller.stop();
  rmSync(root, { recursive: true });
});

async function heard(type: string, object: object): Promise<void> {
  line(JSON.stringify({ type, object }));
  await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a new node gets its bridge, and loses the one taint that a cloud controller takes away", async () => {
  await heard("ADDED", node("here", "False", { taints }));
  expect(asked).toEqual([["PATCH", "/api/v1/nodes/here", { metadata: { resourceVersion: "7" }, spec: { taints: [taints[1]] } }]]);
  const file = JSON.parse(readFileSync(join(root, "etc/cni/net.d/10-lab.conflist"), "utf8")) as { plugins: unknown[] };
  expect(file.plugins[0]).toMatchObject({ type: "bridge", ipam: { ranges: [[{ subnet: "10.64.3.0/24" }]] } });
});

test("half a line is no event: its connection broke", async () => {
  line('{"type":"ADDED","object":{"metadata":{"name":"gone');
  await heard("MODIFIED", node("gone", "Unknown"));
  expect(asked).toEqual([["DELETE", "/api/v1/nodes/gone", null]]);
});

test("a node without a machine is deleted, but not as long as it is ready", async () => {
  await heard("MODIFIED", node("gone", "True"));
  expect(asked).toEqual([]);
  await heard("MODIFIED", node("gone", "Unknown"));
  await heard("MODIFIED", node("here", "Unknown"));
  expect(asked).toEqual([["DELETE", "/api/v1/nodes/gone", null]]);
});
