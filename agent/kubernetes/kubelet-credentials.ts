import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import * as z from "zod";
import { port } from "../../constructs/spec/ports";
import type { Clock } from "../pki/clock";
import type { Place, Placing } from "../pki/place";
import { paths } from "./paths";

/** This machine's kubelet, as the agent deals with it. */
export interface KubeletHost {
  readonly place: Place;
  readonly clock: Clock;
  /** Starts the kubelet again if it runs; answers whether systemd took it. */
  readonly restart: (reason: string) => Promise<boolean>;
}

export interface KubeletRound {
  /** Whether the kubelet can speak to the API. */
  readonly joined: boolean;
  /** Why it was started again in this round. */
  readonly restarted?: string;
  /** What was to be done and could not be. */
  readonly failed?: string;
}

/** How a kubelet that has no certificate yet asks for one. */
export type BootstrapUser = { readonly token: string } | { readonly certificate: string; readonly key: string };

const secretFile = (path: string): Placing => ({ path, mode: "0600", owner: "root:root" });

/**
 * The kubeconfig of a kubelet that has to join, as JSON, which is YAML too. The kubelet takes server and authorities over
 * into the one that it writes itself, so the authorities are a path: its content may change.
 */
export function bootstrapKubeconfig(user: BootstrapUser): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const cluster = { server: `https://127.0.0.1:${port.apiProxy}`, "certificate-authority": paths.authorities };
  const credentials =
    "token" in user ? { token: user.token } : { "client-certificate-data": base64(user.certificate), "client-key-data": base64(user.key) };
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "cluster", cluster }],
      users: [{ name: "user", user: credentials }],
      contexts: [{ name: "context", context: { cluster: "cluster", user: "user" } }],
      "current-context": "context",
    },
    undefined,
    2,
  )}\n`;
}

/** What the running kubelet has started with; an unfinished restart is on record before anything changes. */
const startedSchema = z.strictObject({ epoch: z.int(), bootstrap: z.string(), due: z.string().optional() });
type Started = z.output<typeof startedSchema>;

/**
 * Brings what the kubelet joins with to what it should be, and starts it again where it would not notice: it reads these
 * files at its start only. A certificate that has ended, or is garbage after a power cut, goes away with the kubeconfig that
 * names it: the kubelet asks for a new one then, whatever time has passed.
 */
export async function keepKubelet(host: KubeletHost, text: string, epoch: number): Promise<KubeletRound> {
  const { place, clock } = host;
  const { now, fault } = clock();
  const [client, serving] = [stateOf(await place.read(paths.kubeletClient), now), stateOf(await place.read(paths.kubeletServing), now)];
  const before = await place.read(paths.bootstrap);
  const started = parse(await place.read(paths.kubeletStarted));
  // Until there was a file, the kubelet waited for it.
  const startedWith = started?.bootstrap ?? digest(before ?? text);
  const startedIn = started?.epoch ?? epoch;
  // With a clock that is not right, no certificate is called ended.
  const useless = client === "garbage" || (client === "ended" && fault === undefined);
  const joined = client === "good";
  const [reason] = [
    ...(useless ? [`its certificate ${client === "ended" ? "has ended" : "is garbage"}`] : []),
    ...(serving === "garbage" ? ["its serving certificate is garbage"] : []),
    ...(!joined && startedWith !== digest(text) ? ["what it joins with has changed"] : []),
    ...(startedIn !== epoch ? [`etcd is in epoch ${epoch}, and it has started in ${startedIn}`] : []),
    ...(started?.due === undefined ? [] : [started.due]),
  ];
  const note: Started = { epoch: startedIn, bootstrap: startedWith, ...(reason === undefined ? {} : { due: reason }) };
  if (JSON.stringify(note) !== JSON.stringify(started)) await place.write(secretFile(paths.kubeletStarted), JSON.stringify(note));
  if (useless) {
    await place.remove(paths.kubeconfig);
    await place.remove(paths.kubeletClient);
  }
  if (serving === "garbage") await place.remove(paths.kubeletServing);
  if (before !== text) await place.write(secretFile(paths.bootstrap), text);
  if (reason === undefined) return { joined };
  if (!(await host.restart(reason))) return { joined, failed: `the kubelet was not started again, and should be: ${reason}` };
  await place.write(secretFile(paths.kubeletStarted), JSON.stringify({ epoch, bootstrap: digest(text) } satisfies Started));
  return { joined, restarted: reason };
}

function parse(text: string | undefined): Started | undefined {
  try {
    return text === undefined ? undefined : startedSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Of a file with a certificate and its key. */
function stateOf(pem: string | undefined, now: number): "none" | "good" | "ended" | "garbage" {
  if (pem === undefined) return "none";
  try {
    const certificate = new X509Certificate(pem);
    if (!certificate.checkPrivateKey(createPrivateKey(pem))) return "garbage";
    return Date.parse(certificate.validTo) <= now ? "ended" : "good";
  } catch {
    return "garbage";
  }
}
