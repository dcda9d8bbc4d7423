import type { Environment } from "../../constructs/spec/environment";
import { loadEnvironment } from "../../stacks/environments";

/** An environment without what may differ between clouds: the placement, the backend, and how machines are called. */
function alike({ cluster, protect }: Environment): unknown {
  const { workers, etcd = {}, masters = {} } = cluster;
  const tier = (one: object): object => ({ ...one, size: undefined, alternatives: undefined });
  const pools = Object.entries(workers).map(([name, pool]) => [name, tier(pool)]);
  const own = { placement: undefined, etcd: tier(etcd), masters: tier(masters), workers: Object.fromEntries(pools) as object };
  return { protect, ...cluster, ...own };
}

test.each(["prod-google", "onprem-vsphere"])("%s differs from prod-aws in placement, backend and machines only", (name) => {
  expect(alike(loadEnvironment(name))).toEqual(alike(loadEnvironment("prod-aws")));
});
