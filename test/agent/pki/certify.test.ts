import { webcrypto, X509Certificate } from "node:crypto";
import "reflect-metadata";
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from "@peculiar/x509";
import { bear, certify, type Authority } from "../../../agent/pki/certificates";
import { clockFault } from "../../../agent/pki/clock";
import { kubeletClient, kubeletServing } from "../../../agent/pki/leaves";
import { start, verifiedByOpenssl } from "./world";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A request that asks for more than it gets. */
async function request(): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const made = await Pkcs10CertificateRequestGenerator.create({
    name: "O=system:masters, CN=system:node:other",
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: "api.example.com" }])],
  });
  return made.toString("pem");
}

let authority: Authority;
beforeAll(async () => {
  authority = await bear("orchard", "cluster/kubernetes", 1, start);
});

test.each([
  ["client", kubeletClient("worker-7"), "", "sslclient"],
  ["serving", kubeletServing("worker-7", ["10.0.1.7"], ["worker-7.internal"]), "IP Address:10.0.1.7, DNS:worker-7.internal", "sslserver"],
] as const)(
  "a kubelet's %s certificate says what the signer knows, not what was asked for",
  async (_name, profile, alternatives, purpose) => {
    const certificate = await certify(authority, profile, await request(), start);
    const leaf = new X509Certificate(certificate);
    expect(leaf).toMatchObject({
      subject: "O=system:nodes\nCN=system:node:worker-7",
      issuer: "CN=orchard cluster/kubernetes 1",
      ca: false,
    });
    expect(leaf.subjectAltName ?? "").toBe(alternatives);
    expect(Date.parse(leaf.validTo) - start).toBe(24 * 3600_000);
    expect(verifiedByOpenssl(certificate, authority.certificate ?? "", purpose, start)).toBe("OK");
    expect(
      verifiedByOpenssl(certificate, authority.certificate ?? "", purpose === "sslclient" ? "sslserver" : "sslclient", start),
    ).not.toBe("OK");
  },
);

test("a request that is not signed with its own key is refused, and garbage too", async () => {
  const bytes = Buffer.from((await request()).replace(/-----[^-]+-----|\s/g, ""), "base64");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString("base64")}\n-----END CERTIFICATE REQUEST-----`;
  await expect(certify(authority, kubeletClient("a"), forged, start)).rejects.toThrow("the request is not signed with its own key");
  await expect(certify(authority, kubeletClient("a"), "garbage", start)).rejects.toThrow();
});

test("no leaf outlives its authority", async () => {
  const late = start + 3649.5 * 86_400_000;
  const leaf = new X509Certificate(await certify(authority, kubeletClient("a"), await request(), late));
  expect(leaf.validTo).toBe(new X509Certificate(authority.certificate ?? "").validTo);
});

test.each([
  [start, undefined, "the store's clock is not known yet"],
  [start, start + 59_000, undefined],
  [start, start - 61_000, "the clock is 1 min ahead of the store's"],
  [0, start, `the clock is ${start / 60_000} min behind the store's`],
])("a clock that is at %i while the store's is at %s is waited for: %s", (machine, store, fault) => {
  expect(clockFault(machine, store)).toBe(fault);
});
