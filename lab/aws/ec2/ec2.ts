import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import { seatTag } from "../../../constructs/spec/tag-names";
import type { KeyPair } from "../../authority";
import { refusal } from "../../store/signature";
import type { Remote } from "../../cloud/channel";
import type { AttachCall, Instance, InstanceRow, LabCalls, VolumeRow } from "../../cloud/messages";
import { credentialsOf } from "../metadata";
import { answerXml, errorXml, type Value } from "./answer";
import { Refused, selected } from "./select";

/**
 * The calls of EC2's query API that agents make, by the rights that their roles have; the answers are those of version
 * 2016-11-15: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
 * @param instances by address
 */
export function ec2(tls: KeyPair, instances: ReadonlyMap<string, Instance>, lab: Remote<LabCalls>): Server {
  return createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
    const id = randomUUID();
    const send = (status: number, body: string): void =>
      void response.writeHead(status, { "content-type": "text/xml;charset=UTF-8" }).end(body);
    asked(request, instances, lab).then(
      ({ action, value }) => send(200, answerXml(action, id, value)),
      (reason: unknown) => {
        const { code, status, message } = reason instanceof Refused ? reason : new Refused("InternalError", String(reason), 500);
        send(status, errorXml(id, code, message));
      },
    );
  });
}

interface Answered {
  readonly action: string;
  readonly value: Readonly<Record<string, Value>>;
}

async function asked(request: IncomingMessage, instances: ReadonlyMap<string, Instance>, lab: Remote<LabCalls>): Promise<Answered> {
  const { method = "", url = "/", headers } = request;
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const body = Buffer.concat(parts).toString("utf8");
  const asker = instances.get(request.socket.remoteAddress ?? "");
  if (!asker) throw new Refused("AuthFailure", "AWS was not able to validate the provided access credentials", 401);
  const wrong = refusal({ method, path: url, headers, body }, credentialsOf(asker), Date.now());
  if (wrong) throw new Refused(wrong.code, wrong.message, 403);
  const parameters = new URLSearchParams(method === "POST" ? body : (url.split("?")[1] ?? ""));
  const action = parameters.get("Action") ?? "";
  const call = actions[action];
  if (!call) throw new Refused("InvalidAction", `The action ${action} is not valid for this web service.`);
  if (!call.roles.includes(asker.caller.role))
    throw new Refused("UnauthorizedOperation", `You are not authorized to perform: ${action}`, 403);
  return { action, value: await call.answer(parameters, asker, lab) };
}

interface Action {
  readonly roles: readonly Instance["caller"]["role"][];
  readonly answer: (parameters: URLSearchParams, asker: Instance, lab: Remote<LabCalls>) => Promise<Readonly<Record<string, Value>>>;
}

const actions: Readonly<Record<string, Action>> = {
  DescribeInstances: {
    roles: ["etcd", "master"],
    answer: async (parameters, _, lab) => {
      const rows = selected(await lab("instances", null), parameters, {
        ids: "InstanceId",
        unknown: "InvalidInstanceID.NotFound",
        fields: ({ id, state, address, hostname, zone }) => ({
          "instance-id": id,
          "instance-state-name": state,
          "private-ip-address": address,
          "private-dns-name": hostname,
          "availability-zone": zone,
        }),
      });
      return { reservationSet: rows.map((row) => ({ reservationId: row.id.replace("i-", "r-"), instancesSet: [instanceXml(row)] })) };
    },
  },
  DescribeVolumes: {
    roles: ["etcd"],
    answer: async (parameters, _, lab) => {
      const rows = selected(await lab("volumes", null), parameters, {
        ids: "VolumeId",
        unknown: "InvalidVolume.NotFound",
        fields: ({ id, state, zone, sizeGiB, attachment }) => ({
          "volume-id": id,
          status: state,
          "availability-zone": zone,
          size: sizeGiB,
          "attachment.instance-id": attachment?.instance,
          "attachment.status": attachment?.status,
          "attachment.device": attachment?.device,
        }),
      });
      return { volumeSet: rows.map(volumeXml) };
    },
  },
  AttachVolume: { roles: ["etcd"], answer: (parameters, asker, lab) => moved("attach", parameters, asker, lab) },
  DetachVolume: { roles: ["etcd"], answer: (parameters, asker, lab) => moved("detach", parameters, asker, lab) },
};

/** A seat moves its own volume, to and from its own machines. */
async function moved(
  way: "attach" | "detach",
  parameters: URLSearchParams,
  asker: Instance,
  lab: Remote<LabCalls>,
): Promise<Readonly<Record<string, Value>>> {
  const call: AttachCall = {
    volume: parameters.get("VolumeId") ?? "",
    instance: parameters.get("InstanceId") ?? "",
    device: parameters.get("Device") ?? "",
  };
  const [volumes, instances] = [await lab("volumes", null), await lab("instances", null)];
  const named = [volumes.find(({ id }) => id === call.volume), instances.find(({ id }) => id === call.instance)];
  if (named.some((one) => one !== undefined && one.tags[seatTag] !== asker.tags[seatTag])) {
    throw new Refused("UnauthorizedOperation", `You are not authorized to perform: ${way} of ${call.volume}`, 403);
  }
  const result = await lab(way, call);
  if (result.kind === "refused") throw new Refused(result.code, result.message);
  const { instance, device, status, at } = result.attachment;
  return { volumeId: call.volume, instanceId: instance, device, status, attachTime: at, deleteOnTermination: false };
}

const stateCodes = { pending: 0, running: 16, "shutting-down": 32, terminated: 48 } as const;

function instanceXml({ id, state, address, hostname, zone, tags, launchedAt }: InstanceRow): Value {
  const alive = state === "pending" || state === "running";
  return {
    instanceId: id,
    instanceState: { code: stateCodes[state], name: state },
    privateDnsName: alive ? hostname : "",
    launchTime: launchedAt,
    placement: { availabilityZone: zone, tenancy: "default" },
    privateIpAddress: alive ? address : undefined,
    tagSet: tagsXml(tags),
  };
}

function volumeXml({ id, zone, sizeGiB, state, tags, attachment, createdAt }: VolumeRow): Value {
  return {
    volumeId: id,
    size: sizeGiB,
    availabilityZone: zone,
    status: state,
    createTime: createdAt,
    attachmentSet: attachment
      ? [
          {
            volumeId: id,
            instanceId: attachment.instance,
            device: attachment.device,
            status: attachment.status,
            attachTime: attachment.at,
            deleteOnTermination: false,
          },
        ]
      : [],
    tagSet: tagsXml(tags),
    volumeType: "gp3",
    encrypted: true,
  };
}

function tagsXml(tags: Readonly<Record<string, string>>): Value {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
