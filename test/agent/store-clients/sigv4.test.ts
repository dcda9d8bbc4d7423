import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { encoded } from "../../../agent/store/answers";
import { sha256, signed } from "../../../agent/store/sigv4";

/** The examples that AWS publishes: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
const example = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const at = Date.parse("2013-05-24T00:00:00Z");
const host = "https://examplebucket.s3.amazonaws.com";

test.each([
  ["GET", "/test.txt", { range: "bytes=0-9" }, "", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"],
  [
    "PUT",
    "/test%24file.text",
    { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
    "Welcome to Amazon S3.",
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  ],
  ["GET", "/?lifecycle", {}, "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"],
  ["GET", "/?max-keys=2&prefix=J", {}, "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"],
])("signs the published example %s %s", (method, path, headers: Record<string, string>, body, signature) => {
  const request = { method, url: new URL(path, host), headers, sha256: sha256(body) };
  expect(signed(request, example, "us-east-1", at).authorization).toMatch(new RegExp(`Signature=${signature}$`));
});

/** What the verifier hashes with. */
class NodeHash {
  private readonly hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (secret === undefined) this.hash = createHash("sha256");
    else if (typeof secret === "string") this.hash = createHmac("sha256", secret);
    else
      this.hash = createHmac(
        "sha256",
        ArrayBuffer.isView(secret) ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength) : Buffer.from(secret),
      );
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(
      typeof data === "string"
        ? data
        : ArrayBuffer.isView(data)
          ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
          : Buffer.from(data),
    );
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  reset(): void {
    throw new Error("not used");
  }
}

test("signs whatever it is given as another signer does", async () => {
  const text = fc.string({ unit: "grapheme", minLength: 1 });
  const key = fc.array(
    text.filter((one) => !/^\.{1,2}$/.test(one)),
    { minLength: 1, maxLength: 4 },
  );
  const query = fc.dictionary(fc.stringMatching(/^[a-z-]{1,8}$/), text, { maxKeys: 4 });
  const instant = fc.date({ min: new Date("2020-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(key, query, text, instant, fc.option(fc.stringMatching(/^[\w/+=]{1,40}$/)), async (parts, asked, body, now, token) => {
      const credentials = { accessKeyId: "example", secretAccessKey: "a/b+c", ...(token === null ? {} : { sessionToken: token }) };
      const url = new URL(`https://store.example.com:9000/bucket/${parts.map(encoded).join("/")}`);
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
      const headers = { "if-match": '"5d41402abc4b2a76b9719d911017c592"', "content-length": String(Buffer.byteLength(body)) };
      const ours = signed({ method: "PUT", url, headers, sha256: sha256(body) }, credentials, "eu-central-1", now.getTime());
      const signer = new SignatureV4({
        credentials,
        region: "eu-central-1",
        service: "s3",
        sha256: NodeHash,
        uriEscapePath: false,
        applyChecksum: false,
      });
      const { protocol, host, pathname } = url;
      const theirs = await signer.sign(
        {
          method: "PUT",
          protocol,
          hostname: host,
          path: pathname,
          query: asked,
          headers: { ...headers, host, "x-amz-content-sha256": sha256(body) },
          body,
        },
        { signingDate: now },
      );
      expect(ours.authorization).toBe(theirs.headers.authorization);
      expect(ours["x-amz-date"]).toBe(theirs.headers["x-amz-date"]);
    }),
    { numRuns: 300 },
  );
});
