import { KeyObject, webcrypto, X509Certificate } from "node:crypto";
import "reflect-metadata";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import type * as z from "zod";
import { storeKeys } from "../agent/kubernetes/store-keys";
import { operatorTimes } from "../agent/kubernetes/times";
import type { Objects } from "../agent/store/objects";
import { operatorCertificate, operatorRequest } from "../constructs/spec/store";

/** A certificate of the cluster for a person, and the key that never left this computer. */
export interface Identity extends z.output<typeof operatorCertificate> {
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * Draws a key, puts a request for it below the principal's own prefix, and waits for a master to sign it. Who may write
 * there is who the cluster takes the caller for.
 * @throws Error that says what is missing
 */
export async function requestIdentity(
  objects: Objects,
  principal: string,
  say: (line: string) => void,
  everySeconds = 1,
): Promise<Identity> {
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [principal] }],
    keys: { publicKey, privateKey },
    signingAlgorithm: algorithm,
  });
  await put(objects, principal, request.toString("pem"));
  say(`asked as ${principal}; a master signs within ${operatorTimes.requestSeconds / 60} minutes`);
  const own = KeyObject.from(publicKey).export({ type: "spki", format: "der" });
  const begun = performance.now();
  let last = "no answer yet";
  while (performance.now() - begun < operatorTimes.requestSeconds * 1000) {
    const read = await objects.read(storeKeys.operatorCertificate(principal), operatorCertificate);
    if (read.kind === "forbidden") throw new Error(forbidden(`read operators/${principal}/certificate`, read.reason));
    // One of an earlier day may lie there: only the one for this key is an answer.
    if (read.kind === "found" && isFor(read.value.certificate, own)) {
      return { ...read.value, key: KeyObject.from(privateKey).export({ type: "pkcs8", format: "pem" }).toString() };
    }
    last = "reason" in read ? read.reason : last;
    await new Promise((resolve) => setTimeout(resolve, everySeconds * 1000));
  }
  throw new Error(
    `no master signed the request within ${operatorTimes.requestSeconds / 60} minutes (${last}); npx coppice status shows what they do`,
  );
}

async function put(objects: Objects, principal: string, csr: string): Promise<void> {
  const key = storeKeys.operatorRequest(principal);
  const before = await objects.read(key, operatorRequest);
  if (before.kind === "forbidden") throw new Error(forbidden(`read ${key}`, before.reason));
  if (before.kind === "unavailable") throw new Error(`the store does not answer: ${before.reason}`);
  const request = { csr, at: new Date(before.now).toISOString() };
  const written = before.kind === "absent" ? await objects.create(key, request) : await objects.replace(key, request, before.version);
  if (written.kind === "conflict") throw new Error(`somebody else asked as ${principal} at the same time: run it again`);
  if (written.kind === "forbidden") throw new Error(forbidden(`write ${key}`, written.reason));
  if (written.kind === "unavailable") throw new Error(`the store did not take the request: ${written.reason}`);
}

function forbidden(what: string, reason: string): string {
  return `you may not ${what} (${reason}); give your own name with --principal, and see docs/access.md for the rights`;
}

function isFor(certificate: string, publicKey: Buffer): boolean {
  try {
    return new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" }).equals(publicKey);
  } catch {
    return false;
  }
}
