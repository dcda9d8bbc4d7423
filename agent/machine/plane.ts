import { port } from "../../constructs/spec/ports";
import type { RoleConfiguration } from "../../constructs/spec/role-configuration";
import type { ControlPlane } from "../permit";
import { isOk } from "../store/exchange";

const patienceMs = 1_500;

/** How the control plane stands, by the word of every other agent of it: each is asked now, nothing is remembered. */
export async function plane({ seats }: Pick<RoleConfiguration, "seats">, own: string, serves: boolean): Promise<ControlPlane> {
  const others = [...seats.etcd, ...seats.masters].filter(({ name }) => name !== own);
  const ready = await thatServe(others);
  const healthyEtcd = seats.etcd.filter(({ name }) => ready.has(name)).length;
  return {
    unhealthy: others.map(({ name }) => name).filter((name) => !ready.has(name)),
    serves,
    quorumWithout: healthyEtcd > seats.etcd.length / 2,
  };
}

/** Names of the seats whose agents say now that they serve. */
export async function thatServe(seats: RoleConfiguration["seats"]["etcd"]): Promise<ReadonlySet<string>> {
  const asked = await Promise.all(
    seats.map(async ({ name, address }) => ({
      name,
      serves: await isOk(new URL(`http://${address}:${port.agentHealth}/readyz`), patienceMs),
    })),
  );
  return new Set(asked.filter(({ serves }) => serves).map(({ name }) => name));
}
