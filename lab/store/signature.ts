import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { encoded } from "../../agent/store/answers";
import type { AwsCredentials } from "../../agent/store/sigv4";

/** A request as it came. */
export interface Received {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Read for services other than S3, whose clients need not say its digest. */
  readonly body?: string;
}

/** A code and a sentence as AWS gives them. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;

/** The access key that a request says it is signed with; empty when it is not signed. */
export const accessKeyOf = ({ authorization = "" }: IncomingHttpHeaders): string => form.exec(authorization)?.[1] ?? "";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
const skewMs = 15 * 60_000;

/** Why a request is not signed by the one who holds these credentials, now; undefined when it is. */
export function refusal(request: Received, credentials: AwsCredentials, now: number): Refusal | undefined {
  const { headers } = request;
  const [, id, day = "", region = "", service = "", names = "", signature] = form.exec(headers.authorization ?? "") ?? [];
  const time = valueOf(headers, "x-amz-date");
  if (id === undefined) return { code: "AccessDenied", message: "Access Denied" };
  if (id !== credentials.accessKeyId) return { code: "InvalidAccessKeyId", message: "The key ID does not exist in our records." };
  if (valueOf(headers, "x-amz-security-token") !== (credentials.sessionToken ?? "")) {
    return { code: "InvalidToken", message: "The provided token is malformed or otherwise not valid." };
  }
  if (!(Math.abs(timeOf(time) - now) < skewMs)) {
    const message = "The difference between the request time and the server's time is too large.";
    return { code: service === "s3" ? "RequestTimeTooSkewed" : "RequestExpired", message };
  }
  const scope = [day, region, service, "aws4_request"];
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonical(request, names.split(";")))].join("\n");
  const key = scope.slice(1).reduce<Buffer>(hmac, hmac(`AWS4${credentials.secretAccessKey}`, day));
  if (hmac(key, text).toString("hex") === signature) return undefined;
  return { code: "SignatureDoesNotMatch", message: "The request signature that we calculated does not match the one you provided." };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function canonical({ method, path, headers, body }: Received, names: readonly string[]): string {
  const [pathname = "", query = ""] = path.split("?");
  const parameters = [...new URLSearchParams(query)].map(([name, value]) => [encoded(name), encoded(value)] as const);
  const pairs = parameters.sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1)).map((pair) => pair.join("="));
  const payload = body === undefined ? valueOf(headers, "x-amz-content-sha256") : sha256(body);
  const lines = names.map((name) => `${name}:${valueOf(headers, name).trim().replace(/ +/g, " ")}`);
  return [method, pathname, pairs.join("&"), ...lines, "", names.join(";"), payload].join("\n");
}

const valueOf = (headers: IncomingHttpHeaders, name: string): string => [headers[name] ?? ""].flat().join(",");

/** `20261121T154022Z` */
function timeOf(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}
