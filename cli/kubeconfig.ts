import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { port } from "../constructs/spec/ports";
import type { Cluster } from "./cluster";
import { requestIdentity, type Identity } from "./kubeconfig-request";

export interface KubeconfigOptions {
  /** @default the name that this computer knows the caller by */
  readonly principal?: string | undefined;
  readonly out?: string | undefined;
  /** `https://api.orchard.example.com:6443`. @default the address of the API that the environment knows */
  readonly server?: string | undefined;
  /** The port of this computer that `coppice tunnel` listens on. */
  readonly tunnel?: number | undefined;
  readonly say: (line: string) => void;
}

/** Narrower than what a master signs for, so that nothing is asked in vain. */
const principalName = /^(?!kube-)[a-z0-9]([a-z0-9.@_-]{0,61}[a-z0-9])?$/;

/**
 * Asks for a certificate of some hours and writes a kubeconfig that only its owner reads.
 * @returns its path
 * @throws Error that says what is missing
 */
export async function kubeconfig(cluster: Cluster, options: KubeconfigOptions): Promise<string> {
  const principal = options.principal ?? userInfo().username.toLowerCase();
  if (!principalName.test(principal)) {
    throw new Error(`"${principal}" is no name of lower-case letters, digits and ".", "@", "_", "-"; give one with --principal`);
  }
  const server = serverOf(cluster, options);
  const identity = await requestIdentity(cluster.objects, principal, options.say);
  const out = options.out ?? kubeconfigPath(cluster);
  writePrivately(out, kubeconfigText(cluster.spec.name, principal, server, identity));
  options.say(`${out}: ${principal} of ${cluster.spec.name}, until ${identity.until}`);
  return out;
}

/** Outside of the repository, where nobody commits it. */
export const kubeconfigPath = ({ environment }: Pick<Cluster, "environment">): string => join(homedir(), ".kube", `coppice-${environment}`);

function serverOf({ environment, platform }: Cluster, { server, tunnel }: KubeconfigOptions): string {
  if (server !== undefined) return server;
  if (tunnel !== undefined) return `https://127.0.0.1:${tunnel}`;
  const { addresses, names } = platform.api;
  const host = names.find((name) => !name.startsWith("*")) ?? addresses[0];
  if (host !== undefined) return `https://${host}:${port.api}`;
  throw new Error(
    `the cloud names the API's load balancer: give it with --server https://NAME:${port.api} (output "api" of the stack ${environment}), or use --tunnel`,
  );
}

export function kubeconfigText(cluster: string, principal: string, server: string, { certificate, key, authority }: Identity): string {
  const user = `${principal}@${cluster}`;
  const encoded = (pem: string): string => Buffer.from(pem).toString("base64");
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: cluster, cluster: { server, "certificate-authority-data": encoded(authority) } }],
      users: [{ name: user, user: { "client-certificate-data": encoded(certificate), "client-key-data": encoded(key) } }],
      contexts: [{ name: cluster, context: { cluster, user } }],
      "current-context": cluster,
    },
    { lineWidth: 0 },
  );
}

/** Never readable for others, not even for a moment; whole or not at all. */
function writePrivately(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.new`;
  rmSync(aside, { force: true });
  writeFileSync(aside, text, { mode: 0o600, flag: "wx" });
  renameSync(aside, path);
}
