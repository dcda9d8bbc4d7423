import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ran } from "./command";

/** A certificate and its key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends KeyPair {
  /** A certificate for servers of these names. */
  issue(names: readonly string[]): KeyPair;
}

const days = "2";
const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** An authority of this run alone; machines trust it through the environment's own `trust`. */
export function makeAuthority(folder: string): Authority {
  const file = (name: string): string => join(folder, name);
  const [ca, caKey] = [file("ca.crt"), file("ca.key")];
  ran("openssl", ["req", "-x509", ...key, "-days", days, "-subj", "/CN=lab", "-keyout", caKey, "-out", ca]);
  return {
    ...pair(ca, caKey),
    issue(names) {
      const [leaf, leafKey, request, extensions] = ["leaf.crt", "leaf.key", "leaf.csr", "leaf.ext"].map(file) as [
        string,
        string,
        string,
        string,
      ];
      writeFileSync(extensions, `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n`);
      ran("openssl", ["req", ...key, "-subj", `/CN=${names[0]}`, "-keyout", leafKey, "-out", request]);
      const signer = ["-CA", ca, "-CAkey", caKey, "-CAcreateserial"];
      ran("openssl", ["x509", "-req", "-in", request, ...signer, "-days", days, "-extfile", extensions, "-out", leaf]);
      return pair(leaf, leafKey);
    },
  };
}

function pair(certificate: string, ownKey: string): KeyPair {
  return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(ownKey, "utf8") };
}
