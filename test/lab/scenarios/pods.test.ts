import { pairOf } from "../../../lab/scenarios/pods";

const pod = (name: string, node: string | undefined, ready: "True" | "False", podIP?: string) => ({
  metadata: { name },
  spec: { ...(node !== undefined && { nodeName: node }) },
  status: { ...(podIP !== undefined && { podIP }), conditions: [{ type: "Ready", status: ready }] },
});

const pair = (...items: readonly object[]) => pairOf(JSON.stringify({ items }));

test("two pods talk when both are ready, on two nodes, and the one that is asked has an address", () => {
  expect(pair(pod("web-1", "node-1", "True", "10.1.0.2"), pod("web-2", "node-2", "True", "10.1.1.2"))).toEqual({
    from: "web-1",
    to: "web-2",
    address: "10.1.1.2",
  });
});

test.each([
  { what: "one is not ready", second: pod("web-2", "node-2", "False", "10.1.1.2") },
  { what: "both are on one node", second: pod("web-2", "node-1", "True", "10.1.0.3") },
  { what: "the one that is asked has no address", second: pod("web-2", "node-2", "True") },
])("nobody talks while $what", ({ second }) => {
  expect(pair(pod("web-1", "node-1", "True", "10.1.0.2"), second)).toBeUndefined();
});

test("a pod that nobody has placed yet has no conditions", () => {
  expect(pair({ metadata: { name: "web-1" }, spec: {}, status: {} })).toBeUndefined();
});
