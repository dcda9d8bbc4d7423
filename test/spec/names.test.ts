import type { AwsPlacement } from "../../constructs/spec/placement-aws";
import { regions } from "../../constructs/platform/aws/regions";
import { zonesIn } from "../../constructs/platform/google/regions";
import { names, tags } from "../../constructs/spec/names";
import { at } from "../../constructs/spec/rules/rule";
import { set } from "./bad-input/row";
import { minimal } from "./environments";
import { minimalOnGoogle } from "./environments-google";
import { changed, read } from "./reading";

const longestName = "a23456789-b2345678-c";
const longestPool = "p2345678-p12";
const longestRegion = [...regions].sort((a, b) => b.length - a.length)[0] ?? "";
const { cluster } = read(changed(minimal, [set(at("name"), longestName), set(at("workers"), { [longestPool]: { min: 1, max: 3 } })]));

it("is measured with the longest names that are allowed", () => {
  expect(() => read(changed(minimal, [set(at("name"), `${longestName}d`)]))).toThrow("is a DNS label of at most 20 characters");
  expect(() => read(changed(minimal, [set(at("workers"), { [`${longestPool}3`]: { min: 1, max: 3 } })]))).toThrow(
    "is a DNS label of at most 12",
  );
});

/** Limits: Elastic Load Balancing, IAM and S3 API references. */
it.each([
  ["load balancer", names.of(cluster, "api"), 32],
  ["group and role of a pool", names.of(cluster, names.pool(longestPool)), 64],
  ["role of a seat", names.of(cluster, "etcd-4"), 64],
  ["bucket", names.store({ ...cluster, placement: { ...(cluster.placement as AwsPlacement), region: longestRegion } }), 63],
  ["key alias", names.keyAlias(cluster, "secrets"), 256],
])("keeps the limit of a %s", (_, name, limit) => {
  expect(name.length).toBeLessThanOrEqual(limit);
  expect(name).toMatch(/^[a-z][a-z0-9/-]*[a-z0-9]$/);
});

const longestProject = "a23456789-b23456789-c23456789d";
const onGoogle = read(
  changed(minimalOnGoogle, [
    set(at("name"), longestName),
    set(at("placement", "project"), longestProject),
    set(at("workers"), { [longestPool]: { min: 1, max: 3 } }),
  ]),
).cluster;

/** Limits: Compute Engine, IAM, Cloud Storage and Terraform's provider, of a name that gets an ending. */
it.each([
  ["bucket", names.store(onGoogle), 63],
  ["service account", names.of(onGoogle, "master-4"), 30],
  ["prefix of a template", `${names.of(onGoogle, `${names.pool(longestPool)}-f`)}-`, 54],
  ["machine of a pool", `${names.of(onGoogle, `${names.pool(longestPool)}-f`)}-1234`, 63],
  ["subnet", names.of(onGoogle, `workers-${[...zonesIn("northamerica-northeast1")][0] ?? ""}`), 63],
  ["firewall rule", names.of(onGoogle, "masters-from-255-255-255-255-32-by-api"), 63],
  ["key ring", names.keyRing(onGoogle), 63],
])("keeps the limit of a %s on Google Cloud", (_, name, limit) => {
  expect(name.length).toBeLessThanOrEqual(limit);
  expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
});

it("puts what tells clusters apart into names that are shared by all", () => {
  expect(names.store(read(minimal).cluster)).toBe("coppice-orchard-111122223333-eu-central-1");
  expect(names.store(read(minimalOnGoogle).cluster)).toBe("coppice-orchard-example-platform");
  expect(names.api(read(minimal).cluster)).toBe("api.orchard");
});

it("marks everything with its cluster, whatever else a company asks for", () => {
  const { cluster: tagged } = read(changed(minimal, [set(at("tags"), { owner: "platform" })]));
  expect(tags(tagged)).toEqual({ owner: "platform", "coppice-cluster": "orchard" });
});
