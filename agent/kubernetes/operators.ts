import { X509Certificate } from "node:crypto";
import "reflect-metadata";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import type * as z from "zod";
import { operatorCertificate, operatorRequest } from "../../constructs/spec/store";
import { certificateOf, certify, type Authority, type Profile } from "../pki/certificates";
import type { Clock } from "../pki/clock";
import { issuing } from "../pki/renewal";
import type { Objects } from "../store/objects";
import { groups } from "./identities";
import { storeKeys } from "./store-keys";
import { operatorTimes } from "./times";

export interface OperatorSigner {
  readonly objects: Objects;
  readonly clock: Clock;
  /** The cluster's CA with its keys; asked only when there is something to sign. */
  readonly authorities: () => Promise<{ readonly generations: readonly Authority[] } | { readonly reason: string }>;
}

export interface Signing {
  readonly principal: string;
  readonly result: "signed" | "refused" | "waits";
  readonly message: string;
}

export type OperatorRound =
  { readonly kind: "looked"; readonly signings: readonly Signing[] } | { readonly kind: "failed"; readonly reason: string };

type Certificate = z.output<typeof operatorCertificate>;

/**
 * What may be a user's name. No colon, so that none of Kubernetes' own or of another identity provider is taken; and none
 * that begins like those of the control plane's programs, some of which have roles without a group.
 */
const principalName = /^(?!kube-)[A-Za-z0-9][A-Za-z0-9+=,.@_-]{0,63}$/;
const hourMs = 3_600_000;
/** Of an operator's clock that runs ahead. */
const aheadMs = 60_000;

/**
 * Answers requests of operators, each once. Who asks is who may write below `operators/<principal>/`, by the rights of the
 * store: the request itself says nothing that counts but its key. Called by every master; one certificate is written.
 */
export async function signOperators(signer: OperatorSigner): Promise<OperatorRound> {
  const listed = await signer.objects.list(storeKeys.operators);
  if (listed.kind !== "listed") return { kind: "failed", reason: listed.reason };
  const signings: Signing[] = [];
  for (const key of listed.keys) {
    const [, principal] = /^operators\/([^/]+)\/request$/.exec(key) ?? [];
    if (principal === undefined) continue;
    const signing = await settle(signer, principal);
    if (signing) signings.push(signing);
  }
  return { kind: "looked", signings };
}

/** Undefined where there is nothing to do any more. */
async function settle(signer: OperatorSigner, principal: string): Promise<Signing | undefined> {
  const { objects, clock, authorities } = signer;
  const of = (result: Signing["result"], message: string): Signing => ({ principal, result, message });
  const request = await objects.read(storeKeys.operatorRequest(principal), operatorRequest);
  if (request.kind === "absent") return undefined;
  if (request.kind === "torn") return of("refused", `the request is not readable: ${request.reason}`);
  if (request.kind !== "found") return of("waits", request.reason);
  const age = request.now - Date.parse(request.value.at);
  // An old one is nothing to speak of: it was answered, or it was not and its operator has asked again.
  if (age > operatorTimes.requestSeconds * 1000) return undefined;
  if (age < -aheadMs) return of("refused", `the request is from the future, ${request.value.at}`);
  if (!principalName.test(principal)) return of("refused", "nobody may be called so");
  const wanted = publicKeyOf(request.value.csr);
  if (wanted === undefined) return of("refused", "it holds no certificate request");

  const before = await objects.read(storeKeys.operatorCertificate(principal), operatorCertificate);
  if (before.kind === "found" && isFor(before.value, wanted)) return undefined;
  if (before.kind === "torn") return of("refused", `what is there as a certificate is not readable: ${before.reason}`);
  if (before.kind !== "found" && before.kind !== "absent") return of("waits", before.reason);
  const { now, fault } = clock();
  if (fault !== undefined) return of("waits", fault);
  const found = await authorities();
  if ("reason" in found) return of("waits", found.reason);
  let signed: Certificate;
  try {
    signed = await certificate(found.generations, principal, request.value.csr, now);
  } catch (reason) {
    return of("refused", reason instanceof Error ? reason.message : String(reason));
  }
  const key = storeKeys.operatorCertificate(principal);
  const written = before.kind === "found" ? await objects.replace(key, signed, before.version) : await objects.create(key, signed);
  if (written.kind === "conflict") return undefined;
  return written.kind === "written" ? of("signed", `until ${signed.until}`) : of("waits", written.reason);
}

async function certificate(authorities: readonly Authority[], principal: string, csr: string, now: number): Promise<Certificate> {
  const profile: Profile = {
    commonName: principal,
    organization: groups.operators,
    usages: ["client"],
    hours: operatorTimes.certificateHours,
  };
  return {
    certificate: await certify(issuing(authorities, now), profile, csr, now),
    authority: authorities.map(certificateOf).join("\n"),
    until: new Date(now + operatorTimes.certificateHours * hourMs).toISOString(),
  };
}

/** A request is known by its key: a new key is a new request. */
function publicKeyOf(csr: string): string | undefined {
  try {
    return Buffer.from(new Pkcs10CertificateRequest(csr).publicKey.rawData).toString("base64");
  } catch {
    return undefined;
  }
}

function isFor({ certificate: pem }: Certificate, publicKey: string): boolean {
  try {
    const { publicKey: own } = new X509Certificate(pem);
    return own.export({ type: "spki", format: "der" }).toString("base64") === publicKey;
  } catch {
    return false;
  }
}
