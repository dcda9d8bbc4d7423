import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import * as z from "zod";
import type { KeyPair } from "../authority";
import type { Remote } from "../cloud/channel";
import type { InstanceRow, LabCalls } from "../cloud/messages";
import { account } from "./account";

const session = "3f2a9d0c";
const authorization = `Basic ${Buffer.from(`${account.user}:${account.password}`).toString("base64")}`;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * The calls of the vCenter's REST API that masters make, for one account that may look:
 * https://developer.broadcom.com/xapis/vsphere-automation-api/latest/
 */
export function vcenter(tls: KeyPair, lab: Remote<LabCalls>): Server {
  return createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
    const send = ({ status, body }: Answer): void =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    answer(request, lab).then(send, (reason: unknown) => send(error(500, "INTERNAL_SERVER_ERROR", String(reason))));
  });
}

const error = (status: number, type: string, message: string): Answer => ({
  status,
  body: { error_type: type, messages: [{ default_message: message, id: "lab", args: [] }] },
});
const ok = (body: unknown): Answer => ({ status: 200, body });

async function answer(request: IncomingMessage, lab: Remote<LabCalls>): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "https://vcenter");
  const path = pathname.replace(/^\/api\//, "");
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  if (path === "session" && request.method === "POST") {
    return request.headers.authorization === authorization ? { status: 201, body: session } : unauthenticated;
  }
  if (request.headers["vmware-api-session-id"] !== session) return unauthenticated;
  const there = (await lab("instances", null)).filter(({ state }) => state === "running");
  if (path === "vcenter/vm") return ok(listed(there, searchParams.getAll("names")));
  const [, vm, of] = /^vcenter\/vm\/([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
  if (vm !== undefined)
    return described(
      there.find((row) => vmOf(row) === vm),
      of,
    );
  const tags = new Set(there.flatMap(tagsOf));
  if (path === "cis/tagging/tag-association" && searchParams.get("action") === "list-attached-tags") {
    const { id } = subject.parse(JSON.parse(Buffer.concat(parts).toString("utf8"))).object_id;
    const row = there.find((one) => vmOf(one) === id);
    return ok((row ? tagsOf(row) : []).map(tagId));
  }
  const [, tag] = /^cis\/tagging\/tag\/([^/]+)$/.exec(path) ?? [];
  const name = [...tags].find((one) => tag !== undefined && tagId(one) === decodeURIComponent(tag));
  return name === undefined ? error(404, "NOT_FOUND", `${path} is not there`) : ok({ id: tagId(name), name, description: "" });
}

const unauthenticated = error(401, "UNAUTHENTICATED", "Authentication required.");
const subject = z.object({ object_id: z.object({ id: z.string(), type: z.literal("VirtualMachine") }) });

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
/** Another number for every clone. */
const vmOf = ({ id }: InstanceRow): string => `vm-${parseInt(digest(id).slice(0, 8), 16)}`;
const tagsOf = ({ tags }: InstanceRow): string[] => Object.entries(tags).map(([key, value]) => `${key}=${value}`);
const tagId = (name: string): string => `urn:vmomi:InventoryServiceTag:${digest(name).slice(0, 32)}:GLOBAL`;

function listed(rows: readonly InstanceRow[], names: readonly string[]): object[] {
  const chosen = rows.filter(({ hostname }) => names.length === 0 || names.includes(hostname));
  return chosen.map((row) => ({ vm: vmOf(row), name: row.hostname, power_state: "POWERED_ON", cpu_count: 2, memory_size_MiB: 8192 }));
}

function described(row: InstanceRow | undefined, of: string | undefined): Answer {
  if (!row) return error(404, "NOT_FOUND", "The object is not there");
  const [, uuid] = row.id.split(".");
  if (of === undefined) return ok({ name: row.hostname, identity: { name: row.hostname, bios_uuid: uuid, instance_uuid: uuid } });
  if (of !== "guest/networking/interfaces") return error(404, "NOT_FOUND", `${of} is not there`);
  return ok([{ nic: "4000", ip: { ip_addresses: [{ ip_address: row.address, prefix_length: 22, state: "PREFERRED" }] } }]);
}
