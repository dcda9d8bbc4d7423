import "../../stacks/creation-stack";
import { flows } from "../../constructs/segmentation/machine-flows";
import type { Flow } from "../../constructs/spec/flows";
import { loadEnvironment } from "../../stacks/environments";
import { readChecked } from "../../stacks/synthesize";
import { scenarios } from "../stacks/scenarios";
import { googleScenarios } from "../stacks/scenarios-google";
import { twoZones, vsphereScenarios } from "../stacks/scenarios-vsphere";
import { addresses, synthesizeCluster, type Terraform } from "../stacks/terraform";
import { reachable as reachableOnAws } from "./reachable-aws";
import { reachable as reachableOnGoogle } from "./reachable-google";
import { reachable as reachableOnVsphere } from "./reachable-vsphere";

/** Every cloud keeps the same contract (see `constructs/platform/platform.ts`); one body tests it on all of them. */
const clouds = {
  aws: {
    environment: loadEnvironment("prod-aws"),
    scenarios,
    reachable: reachableOnAws,
    providers: ["aws"],
    storeObject: "aws_s3_object",
    template: "aws_launch_template",
    /** What follows the autoscaler's bounds of a pool. */
    bounded: "aws_autoscaling_group.workers-general",
    twoZones: { zones: ["eu-central-1a", "eu-central-1b"] },
    /** The cloud's own APIs, as firewalls name them. */
    cloud: ["store", "endpoints"],
  },
  google: {
    environment: loadEnvironment("prod-google"),
    scenarios: googleScenarios,
    reachable: reachableOnGoogle,
    providers: ["google"],
    storeObject: "google_storage_bucket_object",
    template: "google_compute_instance_template",
    bounded: "google_compute_instance_group_manager.workers-general-c",
    twoZones: { zones: ["europe-west4-a", "europe-west4-b"] },
    cloud: ["cloud"],
  },
  vsphere: {
    environment: loadEnvironment("onprem-vsphere"),
    scenarios: vsphereScenarios,
    reachable: reachableOnVsphere,
    // The store speaks S3.
    providers: ["aws", "vsphere"],
    storeObject: "aws_s3_object",
    template: "vsphere_virtual_machine.workers-general-rack-a-0",
    bounded: "vsphere_virtual_machine.workers-general-rack-c-0",
    twoZones,
    cloud: ["cloud"],
  },
};

const text = (terraform: Terraform): string => JSON.stringify(terraform.resource);

describe.each(Object.entries(clouds))("on %s", (_, data) => {
  const { environment, scenarios, reachable, providers } = data;
  const cells = cellsWhere(data.cloud);
  const terraform = synthesizeCluster("contract", environment);

  test("a machine joins from its user-data alone: no provisioner, no SSH, nothing run from here", () => {
    expect(text(terraform)).not.toMatch(/"provisioner"|"connection"|local-exec|remote-exec|"key_name"|null_resource|terraform_data/);
  });

  test("the state holds no key pair, password or token: no resource makes one", () => {
    const types = Object.keys(terraform.resource);
    expect(types.filter((type) => /^(tls|random)_|_access_key$|_key_pair$|secret_version|ssm_parameter/.test(type))).toEqual([]);
  });

  test("no provider talks to the cluster that is being made", () => {
    expect(Object.keys(terraform.provider).sort()).toEqual(providers);
  });

  test("firewalls let through what flows(spec) says, cell by cell, and nothing else", () => {
    const { cluster } = readChecked("contract", environment);
    expect(reachable(terraform, cluster)).toEqual([...new Set(flows(cluster).flatMap(cells))].sort());
  });

  test("every intended flow reaches the firewalls too", () => {
    const extra = scenarios["company-flows"]?.environment;
    const { cluster } = readChecked("contract", extra);
    const open = reachable(synthesizeCluster("contract", extra), cluster);
    expect(open).toEqual(expect.arrayContaining(cluster.segmentation.machines.flatMap(cells)));
    expect(open).toContain("workers → 10.1.2.0/24 tcp/587");
  });

  test("nothing listens to everybody, and nothing to SSH", () => {
    const { cluster } = readChecked("contract", environment);
    expect(reachable(terraform, cluster).filter((cell) => cell.startsWith("0.0.0.0/0 →") || / tcp\/22$/.test(cell))).toEqual([]);
  });

  test("a new Kubernetes version changes what machines are to run, and neither their user-data nor any address", () => {
    const newer = synthesizeCluster("contract", withCluster(environment, { kubernetes: "1.36.3" }));
    expect(changed(terraform, newer)).toEqual([
      `${data.storeObject}.desired-etcd`,
      `${data.storeObject}.desired-master`,
      `${data.storeObject}.desired-worker`,
    ]);
  });

  test("labels, taints and bounds of a pool change no machine's template", () => {
    const { cluster } = environment;
    const workers = { ...cluster.workers, general: { min: 2, max: 9, labels: { "example.com/new": "yes" } } };
    const relabelled = changed(terraform, synthesizeCluster("contract", withCluster(environment, { workers })));
    expect(relabelled.filter((address) => address.startsWith(data.template))).toEqual([]);
    expect(relabelled).toContain(data.bounded);
  });

  test("a zone appended moves nothing that stands", () => {
    const one = synthesizeCluster("contract", scenarios["one-seat"]?.environment);
    const all = synthesizeCluster("contract", withPlacement(scenarios["one-seat"]?.environment, data.twoZones));
    const kept = Object.entries(addresses(one)).filter(([address]) =>
      /subnet|interface|volume|nat|address|virtual_machine\.(etcd|master)-/.test(address),
    );
    const after = addresses(all);
    expect(kept.filter(([address, block]) => JSON.stringify(after[address]) !== JSON.stringify(block)).map(([address]) => address)).toEqual(
      [],
    );
  });
});

/** A flow as cells; one to the cloud is one to everything that it is there. */
function cellsWhere(cloud: readonly string[]): (flow: Flow) => string[] {
  return ({ from, to, ports }) => (to === "cloud" ? cloud : [to]).flatMap((end) => ports.map((port) => `${from} → ${end} ${port}`));
}

function changed(before: Terraform, after: Terraform): string[] {
  const [was, is] = [addresses(before), addresses(after)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((address) => JSON.stringify(was[address]) !== JSON.stringify(is[address]))
    .sort();
}

function withCluster(environment: unknown, change: object): unknown {
  const base = environment as { cluster: object };
  return { ...base, cluster: { ...base.cluster, ...change } };
}

function withPlacement(environment: unknown, change: object): unknown {
  const base = environment as { cluster: { placement: object } };
  return withCluster(environment, { placement: { ...base.cluster.placement, ...change } });
}
