import type { JsonGeneralNames } from "@peculiar/x509";
import * as z from "zod";
import { Api, type ApiAnswer } from "../../../agent/kubernetes/api";
import { collections, pathOf } from "../../../agent/kubernetes/objects";
import { paths } from "../../../agent/kubernetes/paths";
import { exchange } from "../../../agent/store/exchange";
import { until, type TestApi } from "./cluster";
import { clientSigner, clientUsages, makeRequest, ofNode, servingSigner, servingUsages, type Made } from "./requests";

const signed = z.object({
  status: z.object({
    certificate: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), reason: z.string(), message: z.string() })).optional(),
  }),
});
export type Settled = { readonly kind: "signed"; readonly certificate: string } | { readonly kind: "denied"; readonly reason: string };

/** What asks for certificates: a token, or a certificate with its key. */
export type Credentials = { readonly token: string } | { readonly certificate: string; readonly key: string };

/** Stands for a kubelet at the real API: the requests are those that client-go makes. */
export class StandIn {
  private readonly names = new Map<string, Made>();

  constructor(
    private readonly cluster: TestApi,
    readonly node: string,
  ) {}

  /** Puts a request into the API; its name there. */
  async askClient(by: Credentials, subject = ofNode(this.node)): Promise<string> {
    return this.ask(by, await makeRequest(subject), clientSigner, clientUsages);
  }

  async askServing(by: Credentials, alternatives: JsonGeneralNames): Promise<string> {
    return this.ask(by, await makeRequest(ofNode(this.node), alternatives), servingSigner, servingUsages);
  }

  private async ask(by: Credentials, made: Made, signerName: string, usages: readonly string[]): Promise<string> {
    const name = `csr-${Math.random().toString(36).slice(2, 10)}`;
    const request = Buffer.from(made.csr).toString("base64");
    const object = {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name },
      spec: { request, signerName, usages },
    };
    const answer = await this.post(by, collections.requests, object);
    if (answer !== 201) throw new Error(`the API answered ${answer}`);
    this.names.set(name, made);
    return name;
  }

  /** Until a master and the controller manager have done with it. */
  async settled(name: string): Promise<Settled> {
    return until(`request ${name}`, async () => {
      const answer = await this.cluster.admin.get(pathOf.request(name), signed);
      if (answer.kind !== "answered") throw new Error(answer.reason);
      const { certificate, conditions = [] } = answer.value.status;
      if (certificate !== undefined) return { kind: "signed", certificate: Buffer.from(certificate, "base64").toString() };
      const denied = conditions.find(({ type }) => type === "Denied" || type === "Failed");
      return denied && { kind: "denied", reason: denied.reason };
    });
  }

  /** The certificate of a request that was signed, with its key. */
  async certified(name: string): Promise<{ readonly certificate: string; readonly key: string }> {
    const done = await this.settled(name);
    if (done.kind === "denied") throw new Error(`${name} was denied: ${done.reason}`);
    return { certificate: done.certificate, key: this.names.get(name)?.key ?? "" };
  }

  /** The API as whoever has a certificate. */
  async api({ certificate, key }: { certificate: string; key: string }): Promise<Api> {
    const ca = (await this.cluster.disk.place.read(paths.authorities)) ?? "";
    return this.cluster.as(() => Promise.resolve({ ca, cert: certificate, key }));
  }

  private async post(by: Credentials, path: string, object: unknown): Promise<number> {
    const ca = (await this.cluster.disk.place.read(paths.authorities)) ?? "";
    const headers = { "content-type": "application/json", ...("token" in by ? { authorization: `Bearer ${by.token}` } : {}) };
    const tls = { ca, ...("token" in by ? {} : { cert: by.certificate, key: by.key }) };
    const url = new URL(path, this.cluster.server);
    const answer = await exchange({ method: "POST", url, headers, body: JSON.stringify(object), tls, patienceMs: 10_000 });
    if (answer.kind === "unanswered") throw new Error(answer.reason);
    return answer.status;
  }
}

export const nodeObject = (name: string, providerID?: string): object => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name },
  spec: providerID === undefined ? {} : { providerID },
});

/** Names of the objects of a collection. */
export async function namesOf(api: Api, path: string): Promise<readonly string[]> {
  const listed: ApiAnswer<readonly { metadata: { name: string } }[]> = await api.list(
    path,
    z.object({ metadata: z.object({ name: z.string() }) }),
  );
  if (listed.kind !== "answered") throw new Error(listed.reason);
  return listed.value.map(({ metadata }) => metadata.name);
}
