import type { Environment } from "../../constructs/spec/environment";
import { loadEnvironment } from "../../stacks/environments";

/** An environment without what may differ between clouds: the placement, the backend, and how machines are called. */
function alike({ cluster, protect }: Environment): unknown {
  const { placement: _, workers, etcd = {}, masters = {}, ...rest } = cluster;
  const tier = <T extends object>(one: T): object => ({ ...one, size: undefined });
  const pools = Object.entries(workers).map(([name, { alternatives: _types, ...pool }]) => [name, tier(pool)]);
  return { protect, ...rest, etcd: tier(etcd), masters: tier(masters), workers: Object.fromEntries(pools) as object };
}

test.each(["prod-google"])("%s differs from prod-aws in placement, backend and machines only", (name) => {
  expect(alike(loadEnvironment(name))).toEqual(alike(loadEnvironment("prod-aws")));
});
