import fc from "fast-check";
import { flows } from "../../constructs/segmentation/machine-flows";
import { cidrProblem } from "../../constructs/spec/cidr";
import type { Flow } from "../../constructs/spec/flows";
import type { Change } from "../../constructs/spec/problems";
import { at } from "../../constructs/spec/rules/rule";
import { environments } from "./arbitrary";
import { googleEnvironments } from "./arbitrary-google";
import { set } from "./bad-input/row";
import { minimal } from "./environments";
import { minimalOnGoogle } from "./environments-google";
import { changed, read } from "./reading";

const flowsWith = (...changes: Change[]): readonly Flow[] => flows(read(changed(minimal, changes)).cluster);
const lines = (all: readonly Flow[]): string[] => all.flatMap(({ from, to, ports }) => ports.map((one) => `${from} ${to} ${one}`));
const into = (all: readonly Flow[], to: string): string[] => lines(all.filter((flow) => flow.to === to));

it("lets nobody but masters and etcd itself reach etcd", () => {
  const from = flowsWith().filter((flow) => flow.to === "etcd");
  expect(new Set(from.map((flow) => flow.from))).toEqual(new Set(["etcd", "masters"]));
  expect(into(flowsWith(), "etcd")).toContain("masters etcd tcp/2379");
});

it("lets the machines' own block and named clients reach an internal API", () => {
  expect(into(flowsWith(set(at("access", "from"), ["192.0.2.0/24"])), "api")).toEqual([
    "10.0.0.0/16 api tcp/6443",
    "192.0.2.0/24 api tcp/6443",
  ]);
});

it("lets only named clients reach a public API", () => {
  expect(into(flowsWith(set(at("access"), { api: "public", from: ["192.0.2.0/24"] })), "api")).toEqual(["192.0.2.0/24 api tcp/6443"]);
});

it("lets Google's groups look at agents, and its proxy bring people to an API server, and nothing more", () => {
  const on = (environment: unknown): string[] => lines(flows(read(environment).cluster));
  expect(on(minimalOnGoogle).filter((line) => !on(minimal).includes(line))).toEqual([
    "35.191.0.0/16 etcd tcp/2378",
    "130.211.0.0/22 etcd tcp/2378",
    "35.191.0.0/16 masters tcp/2378",
    "130.211.0.0/22 masters tcp/2378",
    "35.191.0.0/16 workers tcp/2378",
    "130.211.0.0/22 workers tcp/2378",
    "35.235.240.0/20 masters tcp/6443",
  ]);
});

it("opens the internet to machines, unless a proxy is the way out", () => {
  const everywhere = ["etcd 0.0.0.0/0 tcp/443", "masters 0.0.0.0/0 tcp/443", "workers 0.0.0.0/0 tcp/443"];
  expect(into(flowsWith(), "0.0.0.0/0")).toEqual(everywhere);
  const proxied = flowsWith(set(at("network", "proxy"), { http: "http://10.30.0.10:3128" }));
  expect(into(proxied, "0.0.0.0/0")).toEqual([]);
  expect(into(proxied, "10.30.0.10/32")).toEqual([
    "etcd 10.30.0.10/32 tcp/3128",
    "masters 10.30.0.10/32 tcp/3128",
    "workers 10.30.0.10/32 tcp/3128",
  ]);
});

it("opens the port of a proxy that is known by name only", () => {
  const proxied = flowsWith(set(at("network", "proxy"), { http: "http://proxy.example.org" }));
  expect(into(proxied, "0.0.0.0/0")).toContain("workers 0.0.0.0/0 tcp/80");
});

it("opens the company's own DNS and time servers", () => {
  const own = flowsWith(set(at("network"), { dns: ["10.30.0.53"], ntp: ["10.30.0.123"] }));
  expect(into(own, "10.30.0.53/32")).toContain("etcd 10.30.0.53/32 udp/53");
  expect(into(own, "10.30.0.123/32")).toContain("workers 10.30.0.123/32 udp/123");
});

it.each([
  ["cilium", "udp/8472"],
  ["calico", "udp/4789"],
  ["antrea", "udp/6081"],
])("carries the pod network of %s over %s", (cni, ports) => {
  const between = lines(flowsWith(set(at("addons"), { cni })));
  for (const pair of ["masters masters", "masters workers", "workers masters", "workers workers"])
    expect(between).toContain(`${pair} ${ports}`);
  expect(between).not.toContain(`workers etcd ${ports}`);
});

it("adds the flows of the intent", () => {
  const mail = { from: "workers", to: "10.40.0.25/32", ports: ["tcp/25"], why: "pods reach the mail relay" };
  expect(flowsWith(set(at("segmentation"), { machines: [mail] }))).toContainEqual(mail);
});

it("writes ends, ports and reasons that firewalls take, each sentence once", () => {
  fc.assert(
    fc.property(fc.oneof(environments, googleEnvironments), (environment) => {
      const all = flows(read(environment).cluster);
      for (const { from, to, ports, why } of all) {
        for (const end of [from, to])
          expect(["etcd", "masters", "workers", "api", "cloud"].includes(end) || cidrProblem(end) === undefined).toBe(true);
        for (const one of ports) expect(one).toMatch(/^(tcp|udp)\/\d{1,5}(-\d{1,5})?$/);
        expect(why).toMatch(/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{3,255}$/);
      }
      expect(new Set(lines(all)).size).toBe(lines(all).length);
      expect(all.filter(({ from }) => from === "0.0.0.0/0")).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
