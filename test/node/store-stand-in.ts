import { createHash, createHmac } from "crypto";
import { createServer, type IncomingMessage, type Server } from "http";
import type { AddressInfo } from "net";

export const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();

const credentials = { AccessKeyId: "ASIASTANDIN", SecretAccessKey: "stand+in/secret", Token: "stand/in+token==" };

/** Of an S3-compatible store: without an end, and without a token. */
const kept = { accessKeyId: "orchard-workers", secretAccessKey: "kept+in/guestinfo" };

const token = "ya29.stand-in_token";
export const instance = "i-0123456789abcdef0";

/** VMware's tools and serial number, for a machine whose scripts and `/sys` stand below a folder. */
export const guest = {
  instance: "orchard-workers-general-rack-a-0.4207b5e4-1122-3344-5566-778899aabbcc",
  files: {
    "sys/class/dmi/id/product_serial": "VMware-42 07 b5 e4 11 22 33 44-55 66 77 88 99 aa bb cc\n",
    "bin/vmtoolsd": [
      "#!/bin/sh",
      'case "$2" in',
      `"info-get guestinfo.coppice.machine") echo '{"name":"orchard-workers-general-rack-a-0","zone":"rack-a"}' ;;`,
      `"info-get guestinfo.coppice.store") echo '${JSON.stringify(kept)}' ;;`,
      "*) exit 1 ;;",
      "esac",
      "",
    ].join("\n"),
  },
};

/**
 * The metadata service, the store and upstream of a machine, on one port. Objects are given only for a right signature
 * or token; on AWS one that is not there is forbidden, as for a role that may not list.
 */
export class StandIn {
  readonly objects = new Map<string, string | Buffer>();
  readonly upstream = new Map<string, Buffer>();
  readonly asked: string[] = [];
  date: Date | undefined;
  private readonly server: Server;

  constructor(private readonly bucket: string) {
    this.server = createServer((request, response) => {
      const { status, body } = this.answer(request);
      const date = (this.date ?? new Date()).toUTCString();
      response.sendDate = false;
      response.writeHead(status, { date }).end(request.method === "HEAD" ? undefined : body);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
  }

  private answer(request: IncomingMessage): { status: number; body: string | Buffer } {
    const path = request.url ?? "";
    this.asked.push(path);
    if (path === "/latest/api/token") return { status: request.method === "PUT" ? 200 : 405, body: "session" };
    if (path.startsWith("/latest/meta-data/")) return this.metadata(path, request.headers["x-aws-ec2-metadata-token"]);
    if (path.startsWith("/computeMetadata/v1/instance/")) return this.googleMetadata(path, request.headers["metadata-flavor"]);
    if (path.startsWith("/storage/v1/b/")) return this.gcs(path, request.headers.authorization);
    if (path.startsWith("/upstream/")) return found(this.upstream.get(path), 404);
    if (!path.startsWith(`/${this.bucket}/`)) return { status: 403, body: "" };
    return isSigned(request)
      ? found(this.objects.get(path.slice(this.bucket.length + 2)), 403)
      : { status: 403, body: "SignatureDoesNotMatch" };
  }

  private googleMetadata(path: string, flavor: unknown): { status: number; body: string } {
    if (flavor !== "Google") return { status: 403, body: "" };
    const answers: Record<string, string> = {
      id: instance,
      "service-accounts/default/token": JSON.stringify({ access_token: token, expires_in: 3599, token_type: "Bearer" }),
    };
    const body = answers[path.replace("/computeMetadata/v1/instance/", "")];
    return { status: body === undefined ? 404 : 200, body: body ?? "" };
  }

  private gcs(path: string, authorization: unknown): { status: number; body: string | Buffer } {
    const [, key] = new RegExp(`^/storage/v1/b/${this.bucket}/o/([^/?]+)\\?alt=media$`).exec(path) ?? [];
    if (authorization !== `Bearer ${token}`) return { status: 401, body: "" };
    return key === undefined ? { status: 400, body: "" } : found(this.objects.get(decodeURIComponent(key)), 404);
  }

  private metadata(path: string, session: unknown): { status: number; body: string } {
    if (session !== "session") return { status: 401, body: "" };
    const roles = "/latest/meta-data/iam/security-credentials/";
    const answers: Record<string, string> = {
      "/latest/meta-data/instance-id": instance,
      [roles]: "orchard-general",
      [`${roles}orchard-general`]: JSON.stringify(credentials, null, 2),
    };
    return { status: answers[path] === undefined ? 404 : 200, body: answers[path] ?? "" };
  }
}

function found(body: string | Buffer | undefined, otherwise: number): { status: number; body: string | Buffer } {
  return body === undefined ? { status: otherwise, body: "<Error/>" } : { status: 200, body };
}

/** Signature version 4, from its description: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function isSigned(request: IncomingMessage): boolean {
  const form = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/;
  const [, key, day, region, signed = "", signature] = form.exec(request.headers.authorization ?? "") ?? [];
  const isKept = key === kept.accessKeyId;
  const [owner, sessionToken, secret] = isKept
    ? [kept.accessKeyId, undefined, kept.secretAccessKey]
    : [credentials.AccessKeyId, credentials.Token, credentials.SecretAccessKey];
  const needed = ["host", "x-amz-content-sha256", "x-amz-date", ...(isKept ? [] : ["x-amz-security-token"])];
  if (key !== owner || request.headers["x-amz-security-token"] !== sessionToken || signed !== needed.join(";")) return false;
  const header = (name: string) => String(request.headers[name]);
  const canonical = [
    request.method,
    request.url,
    "",
    ...needed.map((name) => `${name}:${header(name)}`),
    "",
    signed,
    header("x-amz-content-sha256"),
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", header("x-amz-date"), scope, sha256(canonical)].join("\n");
  const signingKey = [region ?? "", "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${secret}`, day ?? ""));
  return hmac(signingKey, toSign).toString("hex") === signature;
}
