import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { Instance } from "../cloud/messages";
import type { Machines, Notices } from "../cloud/services";

/**
 * A stand-in for Compute Engine's metadata service, to those who say that they mean to ask it; each machine sees itself alone.
 * https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys
 */
export function metadataService(project: string, { instances, notices }: Machines): Server {
  return createServer((request, response) => {
    const instance = instances.get(request.socket.remoteAddress ?? "");
    const path = (request.url ?? "").replace(/^\/computeMetadata\/v1\//, "");
    const isMeant = request.headers["metadata-flavor"] === "Google";
    const body = isMeant && instance ? metadata(project, instance, notices.get(instance.id) ?? new Map())[path] : undefined;
    response.writeHead(isMeant ? (body === undefined ? 404 : 200) : 403, {
      "metadata-flavor": "Google",
      "content-type": "application/text",
    });
    response.end(body);
  });
}

/** A number stands for the project in the paths of its zones. */
const projectNumber = "123456789012";
const validSeconds = 3_599;

function metadata(project: string, instance: Instance, notices: Notices): Readonly<Record<string, string>> {
  const token = { access_token: tokenOf(instance), expires_in: validSeconds, token_type: "Bearer" };
  return {
    "project/project-id": project,
    "instance/id": instance.id,
    "instance/name": instance.hostname,
    "instance/zone": `projects/${projectNumber}/zones/${instance.zone}`,
    "instance/network-interfaces/0/ip": instance.address,
    "instance/attributes/user-data": instance.userData,
    "instance/service-accounts/default/token": JSON.stringify(token),
    "instance/preempted": "FALSE",
    "instance/maintenance-event": "NONE",
    ...Object.fromEntries(notices),
  };
}

/** What a machine shows to Google's APIs. */
export const tokenOf = ({ id }: Pick<Instance, "id">): string => `ya29.${createHash("sha256").update(id).digest("base64url")}`;

/** The machine that a request shows the token of. */
export function bearer(authorization: string | undefined, instances: Machines["instances"]): Instance | undefined {
  return [...instances.values()].find((instance) => authorization === `Bearer ${tokenOf(instance)}`);
}
