import { createServer, type Server } from "node:https";
import type { IncomingMessage } from "node:http";
import { names } from "../../constructs/spec/names";
import { clusterTag, seatTag } from "../../constructs/spec/tag-names";
import type { KeyPair } from "../authority";
import type { Remote } from "../cloud/channel";
import type { Instance, InstanceRow, LabCalls, VolumeRow } from "../cloud/messages";
import type { Machines } from "../cloud/services";
import { bearer } from "./metadata";
import { forbidden, refuse, unauthorized, type Refused } from "./refused";

const isRefused = (body: Refused | Resource): body is Refused => "reason" in body;
const missing = (what: string): Refused => ({ status: 404, reason: "notFound", message: `The resource '${what}' was not found` });

/**
 * The calls of Compute Engine's API that machines make, by the rights that their roles have:
 * https://cloud.google.com/compute/docs/reference/rest/v1
 */
export function compute(tls: KeyPair, project: string, { instances }: Machines, lab: Remote<LabCalls>): Server {
  return createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
    const asker = bearer(request.headers.authorization, instances);
    if (!asker) return refuse(response, unauthorized);
    answer(request, asker, project, lab).then(
      (body) => {
        if (isRefused(body)) refuse(response, body);
        else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
      },
      (reason: unknown) => refuse(response, { status: 500, reason: "internalError", message: String(reason) }),
    );
  });
}

type Resource = { readonly id: string } & Readonly<Record<string, unknown>>;

async function answer(request: IncomingMessage, asker: Instance, project: string, lab: Remote<LabCalls>): Promise<Refused | Resource> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "https://compute");
  const path = pathname.replace(`/compute/v1/projects/${project}/`, "");
  const { role } = asker.caller;
  if (path === "aggregated/instances") {
    if (role !== "master") return forbidden;
    const rows = (await lab("instances", null)).filter(matching(searchParams.get("filter") ?? ""));
    const zones = [...new Set(rows.map(({ zone }) => zone))];
    const instancesIn = (zone: string): object[] => rows.filter((row) => row.zone === zone).map((row) => instanceOf(row, project));
    return { id: path, items: Object.fromEntries(zones.map((zone) => [`zones/${zone}`, { instances: instancesIn(zone) }])) };
  }
  const [, zone, disk] = /^zones\/([^/]+)\/disks\/([^/]+)$/.exec(path) ?? [];
  if (zone === undefined || disk === undefined) return missing(path);
  if (role !== "etcd" || disk !== diskName(asker.tags)) return forbidden;
  const found = (await lab("volumes", null)).find((row) => row.zone === zone && diskName(row.tags) === disk);
  return found ? { id: found.id, name: disk, status: "READY", sizeGb: String(found.sizeGiB) } : missing(path);
}

/** Seats' disks have the seats' names. */
const diskName = (tags: VolumeRow["tags"]): string => names.of({ name: tags[clusterTag] ?? "" }, tags[seatTag] ?? "");

const states = { pending: "STAGING", running: "RUNNING", "shutting-down": "STOPPING", terminated: "TERMINATED" } as const;

/** `(name = "a") (labels.b = "c")`: all of them. @throws Error on another form, or a field that is not known here */
export function matching(filter: string): (row: InstanceRow) => boolean {
  const terms = [...filter.matchAll(/\(([\w.-]+) = "?([^")]*)"?\)/g)].map(([, field = "", value = ""]) => ({ field, value }));
  if (terms.length === 0 || filter.replace(/\([^)]*\)|\s/g, "") !== "") throw new Error(`the filter ${filter} has another form`);
  return (row) =>
    terms.every(({ field, value }) => {
      if (field.startsWith("labels.")) return row.tags[field.slice("labels.".length)] === value;
      const known: Readonly<Record<string, string>> = { id: row.id, name: row.hostname, status: states[row.state] };
      if (!(field in known)) throw new Error(`the field ${field} is not known`);
      return known[field] === value;
    });
}

function instanceOf({ id, hostname, zone, tags, address, state }: InstanceRow, project: string): object {
  return {
    id,
    name: hostname,
    zone: `https://www.googleapis.com/compute/v1/projects/${project}/zones/${zone}`,
    labels: tags,
    status: states[state],
    networkInterfaces: [{ name: "nic0", networkIP: address }],
  };
}
