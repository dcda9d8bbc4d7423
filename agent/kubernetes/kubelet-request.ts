import "reflect-metadata";
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from "@peculiar/x509";
import { groups } from "./identities";
import type { SigningRequest } from "./objects";

/** What a kubelet asks to be certified as. */
export interface KubeletRequest {
  readonly kind: "client" | "serving";
  readonly node: string;
  /** Of a serving certificate. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

const signers: Readonly<Record<string, KubeletRequest["kind"]>> = {
  "kubernetes.io/kube-apiserver-client-kubelet": "client",
  "kubernetes.io/kubelet-serving": "serving",
};
const usages = { client: ["client auth", "digital signature"], serving: ["digital signature", "server auth"] } as const;
/** RSA keys ask for it as well, EC keys do not. */
const optionalUsage = "key encipherment";

/** RFC 1123, as names of nodes are: nothing in it means anything in a path or in a filter of a cloud. */
const nodeName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** Whether a request is for one of the two signers of kubelets' certificates. */
export function isKubelets({ spec }: SigningRequest): boolean {
  return spec.signerName in signers;
}

/**
 * What is asked for, or why that is nothing a kubelet asks for. Stricter than the signer, which copies subject and names
 * as they stand: exactly one organization and one common name, no extension but the names.
 */
export function readKubeletRequest({ spec }: SigningRequest): KubeletRequest | { readonly fault: string } {
  const kind = signers[spec.signerName];
  if (kind === undefined) return { fault: `${spec.signerName} is no signer of kubelets` };
  const wanted = (spec.usages ?? []).filter((usage) => usage !== optionalUsage).sort();
  if (wanted.join() !== usages[kind].join()) return { fault: `asks for the usages ${(spec.usages ?? []).join(", ")}` };
  try {
    return readText(kind, Buffer.from(spec.request, "base64").toString("utf8"));
  } catch {
    return { fault: "its request is garbage" };
  }
}

function readText(kind: KubeletRequest["kind"], pem: string): KubeletRequest | { readonly fault: string } {
  if (pem.split("-----BEGIN").length !== 2) return { fault: "holds more than one request" };
  const request = new Pkcs10CertificateRequest(pem);
  const subject = request.subjectName
    .toJSON()
    .flatMap((part) => Object.entries(part).flatMap(([type, values]) => values.map((value) => [type, value])));
  const [[, commonName = ""] = []] = subject.filter(([type]) => type === "CN");
  const organizations = subject.filter(([type]) => type === "O").map(([, value]) => value);
  if (subject.length !== 2 || organizations.join() !== groups.nodes)
    return { fault: `its subject is ${request.subject}, a kubelet's is O=${groups.nodes}, CN=system:node:…` };
  const [, node = ""] = /^system:node:(.*)$/.exec(commonName) ?? [];
  if (!nodeName.test(node)) return { fault: `${JSON.stringify(commonName)} names no node` };
  const { extensions, attributes } = request;
  const [first] = extensions;
  if (attributes.length > 1 || extensions.length > 1 || (first !== undefined && !(first instanceof SubjectAlternativeNameExtension)))
    return { fault: "asks for more than names" };
  const alternatives = first instanceof SubjectAlternativeNameExtension ? first.names.items : [];
  const of = (type: string): string[] => alternatives.filter((one) => one.type === type).map(({ value }) => value);
  const [names, addresses] = [of("dns"), of("ip")];
  if (names.length + addresses.length !== alternatives.length) return { fault: "asks for names that are neither DNS names nor addresses" };
  if ((kind === "serving") !== alternatives.length > 0)
    return { fault: kind === "serving" ? "names no address" : "is a client's and asks for names" };
  return { kind, node, names, addresses };
}
