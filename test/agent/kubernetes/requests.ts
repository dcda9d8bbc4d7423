import { KeyObject, webcrypto } from "node:crypto";
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  type Extension,
  type JsonGeneralNames,
} from "@peculiar/x509";
import type { Instance } from "../../../agent/cloud/cloud";
import type { SigningRequest } from "../../../agent/kubernetes/objects";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export const clientSigner = "kubernetes.io/kube-apiserver-client-kubelet";
export const servingSigner = "kubernetes.io/kubelet-serving";
export const clientUsages = ["digital signature", "client auth"];
export const servingUsages = ["digital signature", "server auth"];

export interface Made {
  readonly csr: string;
  readonly key: string;
}

/** A request with a key of its own, as a kubelet makes it. */
export async function makeRequest(subject: string, names: JsonGeneralNames = [], others: readonly Extension[] = []): Promise<Made> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const extensions = [...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []), ...others];
  const made = await Pkcs10CertificateRequestGenerator.create({ name: subject, keys, signingAlgorithm: algorithm, extensions });
  return { csr: made.toString("pem"), key: KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString() };
}

export const ofNode = (node: string): string => `O=system:nodes, CN=system:node:${node}`;
export const anAuthority = new BasicConstraintsExtension(true);

/** As the API server stores it. */
export function stored(csr: string, spec: Partial<SigningRequest["spec"]> = {}): SigningRequest {
  const request = Buffer.from(csr).toString("base64");
  return { metadata: { name: "csr-1" }, spec: { signerName: clientSigner, usages: clientUsages, request, ...spec } };
}

function machine(id: string, address: string): Omit<Instance, "pool" | "seat"> {
  const label = `ip-${address.replaceAll(".", "-")}`;
  const names = [`${label}.eu-central-1.compute.internal`];
  return { id, addresses: [address], names, providerId: `aws:///eu-central-1a/${id}` };
}

export const worker = (id: string, address: string, pool = "general"): Instance => ({ ...machine(id, address), pool });
export const master = (id: string, address: string, seat: string): Instance => ({ ...machine(id, address), seat });
