import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AwsCredentials } from "../../agent/store/sigv4";
import type { Instance } from "../cloud/messages";
import type { Notices } from "../cloud/services";

const session = "c2Vzc2lvbg==";

/**
 * A stand-in for EC2's metadata service, version 2: nothing without a session, and each machine sees itself alone.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 * @param instances by address
 * @param notices by the id of an instance
 */
export function metadataService(instances: ReadonlyMap<string, Instance>, notices: ReadonlyMap<string, Notices>): Server {
  return createServer((request, response) => {
    const instance = instances.get(request.socket.remoteAddress ?? "");
    const { status, body } = answer(request, instance, notices.get(instance?.id ?? "") ?? new Map());
    response.writeHead(status, { "content-type": "text/plain", "x-aws-ec2-metadata-token-ttl-seconds": "300" }).end(body);
  });
}

function answer(request: IncomingMessage, instance: Instance | undefined, notices: Notices): { status: number; body: string } {
  const path = (request.url ?? "").replace(/^\/[^/]+\//, "");
  if (!instance) return { status: 404, body: "" };
  if (path === "api/token") return request.method === "PUT" ? { status: 200, body: session } : { status: 405, body: "" };
  if (request.headers["x-aws-ec2-metadata-token"] !== session) return { status: 401, body: "" };
  const body = path === "user-data" ? instance.userData : metadata(path.replace(/^meta-data\//, ""), instance, notices);
  return body === undefined ? { status: 404, body: "" } : { status: 200, body };
}

function metadata(path: string, instance: Instance, notices: Notices): string | undefined {
  const roles = "iam/security-credentials/";
  const profile = instance.caller.seat ?? "workers";
  const known: Record<string, string> = {
    "instance-id": instance.id,
    "instance-life-cycle": "on-demand",
    "local-hostname": instance.hostname,
    "local-ipv4": instance.address,
    hostname: instance.hostname,
    "placement/availability-zone": instance.zone,
    "placement/region": instance.zone.slice(0, -1),
    "events/maintenance/scheduled": "[]",
    "autoscaling/target-lifecycle-state": "InService",
    [roles]: profile,
    [`${roles}${profile}`]: `${JSON.stringify(roleCredentials(instance), null, 2)}\n`,
  };
  return notices.get(path) ?? known[path];
}

/** What a machine signs with. */
export function credentialsOf({ id }: Pick<Instance, "id">): Required<AwsCredentials> {
  const text = createHash("sha256").update(id).digest("base64");
  return { accessKeyId: `ASIA${id.slice(2, 18).toUpperCase()}`, secretAccessKey: text.slice(0, 40), sessionToken: text };
}

const validMs = 6 * 3_600_000;

function roleCredentials(instance: Instance) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(instance);
  return {
    Code: "Success",
    LastUpdated: new Date().toISOString(),
    Type: "AWS-HMAC",
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: new Date(Date.now() + validMs).toISOString(),
  };
}
