import type { Cluster } from "./cluster";
import { readState } from "./status-state";
import { statusText } from "./status-text";

/** What the store says of a cluster, without the API; text for people, or JSON. @throws Error when the store does not answer */
export async function status(cluster: Cluster, { json }: { readonly json: boolean }): Promise<string> {
  const { at, ...state } = await readState(cluster);
  if (at === undefined) {
    const reason = "reason" in state.epoch ? state.epoch.reason : "it says nothing";
    throw new Error(`the store ${cluster.platform.store.bucket} does not answer: ${reason}`);
  }
  return json ? JSON.stringify({ at, ...state }, null, 2) : statusText(cluster, { at, ...state });
}
