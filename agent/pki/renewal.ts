import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { certificateOf, type Authority, type Leaf, type Profile } from "./certificates";

const dayMs = 86_400_000;
/** Part of a life after which a certificate is renewed, and the part before that over which machines are spread. */
const renewAfter = 2 / 3;
const spread = 1 / 20;

/** A new authority is in every trust bundle before it signs anything. */
const soakMs = dayMs;

/** The generation that signs: the newest that all machines had time to trust. */
export function issuing(generations: readonly Authority[], now: number): Authority {
  const trusted = generations.filter((authority) => {
    return authority.certificate !== undefined && Date.parse(new X509Certificate(authority.certificate).validFrom) <= now - soakMs;
  });
  const [first] = generations;
  const chosen = trusted.at(-1) ?? first;
  if (!chosen) throw new Error("settled without a generation");
  return chosen;
}

/** When a certificate is renewed; `who` spreads the machines and files, always to the same place. */
export function renewalAt(certificate: X509Certificate, who: string): number {
  const from = Date.parse(certificate.validFrom);
  const life = Date.parse(certificate.validTo) - from;
  const place = createHash("sha256").update(who).digest().readUInt32BE(0) / 2 ** 32;
  return from + life * (renewAfter - spread * place);
}

/** Why a certificate on the disk is not the one wanted; undefined when it is, and for how long. */
export function whyIssue(
  leaf: Partial<Leaf>,
  profile: Profile,
  generations: readonly Authority[],
  now: number,
  who: string,
): { readonly reason: string } | { readonly renewalAt: number } {
  if (leaf.certificate === undefined || leaf.key === undefined) return { reason: "it is missing" };
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(leaf.certificate);
    if (!certificate.checkPrivateKey(createPrivateKey(leaf.key))) return { reason: "its key is another one" };
  } catch {
    return { reason: "it is garbage" };
  }
  const issuer = new X509Certificate(certificateOf(issuing(generations, now)));
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey))
    return { reason: "its authority is not the one that signs" };
  if (!says(certificate, profile)) return { reason: "it says something else of this machine" };
  if (Date.parse(certificate.validFrom) > now) return { reason: "it is from the future" };
  const at = renewalAt(certificate, who);
  return now >= at ? { reason: "two thirds of its life are over" } : { renewalAt: at };
}

const usageIds = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" };

function says(certificate: X509Certificate, { commonName, organization, usages, addresses = [], names = [] }: Profile): boolean {
  const subject = [...(organization === undefined ? [] : [`O=${organization}`]), `CN=${commonName}`].join("\n");
  const alternatives = [...addresses.map((one) => `IP Address:${one}`), ...names.map((one) => `DNS:${one}`)];
  return (
    certificate.subject === subject &&
    same((certificate.subjectAltName ?? "").split(", ").filter(Boolean), alternatives) &&
    same(
      certificate.keyUsage,
      usages.map((usage) => usageIds[usage]),
    )
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}
