import { join as joinSchema } from "../../constructs/spec/store";
import { readEpoch } from "../epoch";
import { issue, type Authority, type Profile } from "../pki/certificates";
import { issuing, whyIssue } from "../pki/renewal";
import type { Objects } from "../store/objects";
import { groups, joiningMaster } from "./identities";
import { bootstrapKubeconfig, keepKubelet, type KubeletHost, type KubeletRound } from "./kubelet-credentials";
import { paths } from "./paths";
import { storeKeys } from "./store-keys";

/**
 * How machines become nodes. All of them go one way: the kubelet asks for a certificate with what the agent put into its
 * bootstrap kubeconfig, and a master approves. What they ask with differs: a worker has the token of the join object, which
 * any worker can read; a master makes itself a certificate that names its node, which only holders of the cluster's CA can.
 * So no worker can ask for a master's name, and a master needs neither a token nor an API that knows one: only its own
 * authorities, however long it was off.
 */
export type Joining = ({ readonly kind: "kept" } & KubeletRound) | { readonly kind: "waits"; readonly reason: string };

/** A worker's round: at every boot, and as long as the machine runs. */
export async function joinWorker(host: KubeletHost, objects: Objects): Promise<Joining> {
  const read = await objects.read(storeKeys.join, joinSchema);
  if (read.kind !== "found") return waits(`${storeKeys.join}: ${read.kind === "absent" ? "no master has written it yet" : read.reason}`);
  const { token, epoch } = read.value;
  return { kind: "kept", ...(await keepKubelet(host, bootstrapKubeconfig({ token }), epoch)) };
}

export interface JoiningMaster {
  readonly host: KubeletHost;
  readonly objects: Objects;
  /** Of this machine. */
  readonly node: string;
  /** The cluster's CA with its keys, all generations. */
  readonly authorities: readonly Authority[];
  readonly isApiReady: () => Promise<boolean>;
}

/** A master's round. */
export async function joinMaster({ host, objects, node, authorities, isApiReady }: JoiningMaster): Promise<Joining> {
  const epoch = await readEpoch(objects);
  if (epoch.kind !== "found") return waits(`the epoch is ${epoch.kind === "absent" ? "absent" : epoch.reason}`);
  // No API answers before, and a kubelet that starts again for a new epoch is to find it.
  if (epoch.value.state !== "running") return waits(`the epoch is ${epoch.value.state}`);
  const { now, fault } = host.clock();
  const before = await host.place.read(paths.bootstrap);
  const present = before === undefined ? {} : certificateIn(before);
  // It waits for this file. One that asks in vain at first asks again after 2, 4, 8, 16 and then every 32 seconds.
  if (before === undefined && !(await isApiReady())) return waits("the API is not ready");
  const profile = bootstrapProfile(node);
  const state = whyIssue(present, profile, authorities, now, `${node} bootstrap`);
  let text = before;
  if (text === undefined || "reason" in state) {
    if (fault !== undefined) return waits(fault);
    text = bootstrapKubeconfig(await issue(issuing(authorities, now), profile, now));
  }
  return { kind: "kept", ...(await keepKubelet(host, text, epoch.value.number)) };
}

/** Good for one thing: to ask for the certificate of this node. */
function bootstrapProfile(node: string): Profile {
  return { commonName: joiningMaster(node), organization: groups.joiningMasters, usages: ["client"], hours: 24 };
}

function certificateIn(kubeconfig: string): { certificate?: string; key?: string } {
  const text = (name: string): string | undefined => new RegExp(`"${name}": "([A-Za-z0-9+/=]+)"`).exec(kubeconfig)?.[1];
  const [certificate, key] = [text("client-certificate-data"), text("client-key-data")];
  if (certificate === undefined || key === undefined) return {};
  return { certificate: Buffer.from(certificate, "base64").toString(), key: Buffer.from(key, "base64").toString() };
}

function waits(reason: string): Joining {
  return { kind: "waits", reason };
}
