import { port } from "../../constructs/spec/ports";
import type { RoleConfiguration } from "../../constructs/spec/role-configuration";
import type { ControlPlane } from "../permit";
import { isOk } from "../store/exchange";

const patienceMs = 1_500;

/** How the control plane stands, by the word of every other agent of it: each is asked now, nothing is remembered. */
export async function plane({ seats }: Pick<RoleConfiguration, "seats">, own: string, serves: boolean): Promise<ControlPlane> {
  const others = [...seats.etcd, ...seats.masters].filter(({ name }) => name !== own);
  const ready = await Promise.all(
    others.map(async ({ name, address }) => ({
      name,
      ready: await isOk(new URL(`http://${address}:${port.agentHealth}/readyz`), patienceMs),
    })),
  );
  const healthyEtcd = ready.filter((one) => one.ready && seats.etcd.some(({ name }) => name === one.name)).length;
  return {
    unhealthy: ready.filter((one) => !one.ready).map(({ name }) => name),
    serves,
    quorumWithout: healthyEtcd > seats.etcd.length / 2,
  };
}
