import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ControlPlane } from "../../../agent/permit";
import type { FileStore } from "../../../agent/store/files";
import type { Store } from "../../../agent/store/store";
import type { OwnMember } from "../../../agent/upkeep/member";
import type { Epoch } from "../../../constructs/spec/store";
import { clientOf, tools, type TestCluster, type TestMember } from "./members";

const well: ControlPlane = { unhealthy: [], serves: true, quorumWithout: true };

/** A running member as its agent sees it; the machine has a folder of its own. */
export function ownMember(member: TestMember, store: Store & FileStore, folder: string, rest: Partial<OwnMember> = {}): OwnMember {
  const { name, client, endpoint, listener } = member;
  return {
    seat: name,
    etcd: client,
    other: clientOf,
    endpoint,
    tools,
    metricsUrl: `${listener}/metrics`,
    store,
    scratch: join(folder, `scratch-${name}`),
    plane: () => Promise.resolve(well),
    monotonic: () => performance.now(),
    times: { permit: 900, permitMargin: 60 },
    ...rest,
  };
}

/** The epoch of a cluster that runs. */
export async function runningEpoch({ members }: TestCluster, change: Partial<Epoch> = {}): Promise<Epoch> {
  const status = await members[0]?.client.status();
  if (status?.kind !== "answered") throw new Error("the member does not answer");
  const seats = members.map(({ name, endpoint }) => ({ name, peerUrl: endpoint }));
  const { cluster_id } = status.value.header;
  const settled = { cluster: "example", number: 1, token: "0".repeat(32), clusterId: cluster_id, state: "running" as const };
  return { ...settled, seats, joined: [], authorities: {}, ...change };
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "coppice-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
