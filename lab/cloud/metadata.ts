import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Instance } from "./messages";

const session = "c2Vzc2lvbg==";

/**
 * A stand-in for EC2's metadata service, version 2: nothing without a session, and each machine sees itself alone.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export function metadataService(instances: ReadonlyMap<string, Instance>): Server {
  return createServer((request, response) => {
    const { status, body } = answer(request, instances.get(request.socket.remoteAddress ?? ""));
    response.writeHead(status, { "content-type": "text/plain", "x-aws-ec2-metadata-token-ttl-seconds": "300" }).end(body);
  });
}

function answer(request: IncomingMessage, instance: Instance | undefined): { status: number; body: string } {
  const path = (request.url ?? "").replace(/^\/[^/]+\//, "");
  if (!instance) return { status: 404, body: "" };
  if (path === "api/token") return request.method === "PUT" ? { status: 200, body: session } : { status: 405, body: "" };
  if (request.headers["x-aws-ec2-metadata-token"] !== session) return { status: 401, body: "" };
  const roles = "meta-data/iam/security-credentials/";
  const known: Record<string, string> = {
    "meta-data/instance-id": instance.id,
    "meta-data/local-ipv4": instance.address,
    [roles]: instance.profile,
    [`${roles}${instance.profile}`]: `${JSON.stringify(credentials(instance), null, 2)}\n`,
    "user-data": instance.userData,
  };
  const body = known[path];
  return body === undefined ? { status: 404, body: "" } : { status: 200, body };
}

function credentials(instance: Instance) {
  const text = createHash("sha256").update(instance.id).digest("base64");
  return {
    Code: "Success",
    LastUpdated: new Date().toISOString(),
    Type: "AWS-HMAC",
    AccessKeyId: `ASIA${instance.id.slice(2, 18).toUpperCase()}`,
    SecretAccessKey: text.slice(0, 40),
    Token: text,
    Expiration: new Date(Date.now() + 6 * 3_600_000).toISOString(),
  };
}
