import { createHash, createPrivateKey, createPublicKey, KeyObject, randomBytes, webcrypto, X509Certificate as Parsed } from "node:crypto";
import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type JsonName,
} from "@peculiar/x509";
import type * as z from "zod";
import type { authority as authoritySchema } from "../../constructs/spec/store";
import { purposes, type Purpose } from "./purposes";

export type Authority = z.output<typeof authoritySchema>;

/** What a certificate says of its holder. */
export interface Profile {
  readonly commonName: string;
  readonly organization?: string;
  readonly usages: readonly ("server" | "client")[];
  readonly addresses?: readonly string[];
  readonly names?: readonly string[];
  readonly hours: number;
}

export interface Leaf {
  readonly certificate: string;
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const hourMs = 3_600_000;
/** Authorities are rotated, not renewed: this is the time in which somebody has to. */
const authorityHours = 10 * 365 * 24;
/** Clocks of machines that are called synchronized are this far apart at most. */
const skewMs = 5 * 60_000;

/** A new generation, which nobody knows yet. */
export async function bear(cluster: string, purpose: Purpose, generation: number, now: number): Promise<Authority> {
  const { form } = purposes[purpose];
  if (form === "secret") return complete({ purpose, generation, key: randomBytes(32).toString("base64") });
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const key = pemOf(privateKey);
  if (form === "key-pair") return complete({ purpose, generation, key });
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: nameFrom(`${cluster} ${purpose} ${generation}`),
    notBefore: new Date(now - skewMs),
    notAfter: new Date(now + authorityHours * hourMs),
    signingAlgorithm: algorithm,
    keys: { publicKey, privateKey },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return complete({ purpose, generation, certificate: certificate.toString("pem"), key });
}

/** A key that is born here, and its certificate. */
export async function issue(authority: Authority, profile: Profile, now: number): Promise<Leaf> {
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return { certificate: await sign(authority, profile, publicKey, now), key: pemOf(privateKey) };
}

/**
 * A certificate for the key of a request; everything else that the request asks for is left aside.
 * @throws Error when the request is garbage, or is not signed with its own key
 */
export async function certify(authority: Authority, profile: Profile, request: string, now: number): Promise<string> {
  const parsed = new Pkcs10CertificateRequest(request);
  if (!(await parsed.verify())) throw new Error("the request is not signed with its own key");
  return sign(authority, profile, await parsed.publicKey.export(), now);
}

async function sign(authority: Authority, profile: Profile, publicKey: webcrypto.CryptoKey, now: number): Promise<string> {
  const issuer = new X509Certificate(certificateOf(authority));
  const key = createPrivateKey(authority.key).export({ type: "pkcs8", format: "der" });
  const usages = { server: ExtendedKeyUsage.serverAuth, client: ExtendedKeyUsage.clientAuth };
  const alternatives = [
    ...(profile.addresses ?? []).map((value) => ({ type: "ip" as const, value })),
    ...(profile.names ?? []).map((value) => ({ type: "dns" as const, value })),
  ];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: nameFrom(profile.commonName, profile.organization),
    issuer: issuer.subjectName,
    notBefore: new Date(now - skewMs),
    notAfter: new Date(Math.min(now + profile.hours * hourMs, issuer.notAfter.getTime())),
    signingAlgorithm: algorithm,
    publicKey,
    signingKey: await webcrypto.subtle.importKey("pkcs8", key, algorithm, false, ["sign"]),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(profile.usages.map((usage) => usages[usage])),
      ...(alternatives.length > 0 ? [new SubjectAlternativeNameExtension(alternatives)] : []),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return certificate.toString("pem");
}

/** SHA-256 of the certificate, of the public key, or of the secret, whichever an object of this form has. */
export function fingerprintOf({ purpose, key, certificate }: Pick<Authority, "purpose" | "key" | "certificate">): string {
  if (certificate !== undefined) return digest(new Parsed(certificate).raw);
  if (isPurpose(purpose) && purposes[purpose].form === "secret") return digest(Buffer.from(key, "base64"));
  return digest(createPublicKey(key).export({ type: "spki", format: "der" }));
}

/** Why an object is not what its name says; undefined when it is sound in itself. */
export function fault(authority: Authority, purpose: Purpose, generation: number): string | undefined {
  if (authority.purpose !== purpose || authority.generation !== generation)
    return `says it is ${authority.purpose}/${authority.generation}`;
  const { form } = purposes[purpose];
  try {
    if (form === "secret" && Buffer.from(authority.key, "base64").length !== 32) return "holds no key of 32 bytes";
    if (form === "authority") {
      const certificate = new Parsed(certificateOf(authority));
      if (!certificate.ca) return "holds a certificate that is no authority's";
      if (!certificate.checkPrivateKey(createPrivateKey(authority.key))) return "holds a key that is not its certificate's";
    }
    return fingerprintOf(authority) === authority.fingerprint ? undefined : "does not have the fingerprint that it names";
  } catch {
    return "holds garbage";
  }
}

/** @throws Error for what has none by its form */
export function certificateOf({ purpose, certificate }: Authority): string {
  if (certificate === undefined) throw new Error(`${purpose} has no certificate`);
  return certificate;
}

function complete(born: Omit<Authority, "fingerprint">): Authority {
  return { ...born, fingerprint: fingerprintOf(born) };
}

function pemOf(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString();
}

function nameFrom(commonName: string, organization?: string): JsonName {
  return [...(organization === undefined ? [] : [{ O: [organization] }]), { CN: [commonName] }];
}

/** 127 bits that are positive and never begin with a zero byte. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function isPurpose(purpose: string): purpose is Purpose {
  return purpose in purposes;
}
