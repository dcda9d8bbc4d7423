import { elementsAt, parseXml, textAt, type Element } from "../../agent/cloud/xml";
import type { Known } from "../../agent/cloud/cloud";
import { is } from "../../agent/store/answers";
import { exchange, patience } from "../../agent/store/exchange";

export interface Login {
  /** `https://vcenter.example.com` */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** PEM of whom to trust. @default the system's authorities, and those of NODE_EXTRA_CA_CERTS */
  readonly ca?: string;
}

/**
 * One call of the vSphere Web Services API: its method, what it is asked of, and the arguments as XML. It knows the power of
 * machines in every version of vSphere, and the simulator speaks it too; the REST API of machines it does not.
 * @see https://developer.broadcom.com/xapis/vsphere-web-services-api/latest/
 */
export type Soap = (method: string, of: Managed, args?: string) => Promise<Known<Element>>;

export interface Managed {
  readonly type: string;
  readonly id: string;
}

const serviceInstance: Managed = { type: "ServiceInstance", id: "ServiceInstance" };

export interface Session {
  readonly soap: Soap;
  /** `propertyCollector`, `searchIndex` */
  managed(name: string): Managed;
  end(): Promise<void>;
}

/** A session at a vCenter, or why there is none. */
export async function logIn({ url, user, password, ca }: Login): Promise<Known<Session>> {
  let cookie: string | undefined;
  const soap: Soap = async (method, of, args = "") => {
    const call = `<${method} xmlns="urn:vim25">${reference("_this", of)}${args}</${method}>`;
    const body = `<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${call}</e:Body></e:Envelope>`;
    const headers = {
      "content-type": "text/xml; charset=utf-8",
      "content-length": String(Buffer.byteLength(body)),
      soapaction: "urn:vim25/7.0",
      ...(cookie !== undefined && { cookie }),
    };
    const answer = await exchange({
      method: "POST",
      url: new URL("/sdk", url),
      headers,
      body,
      patienceMs: patience.answerMs,
      ...(ca !== undefined && { tls: { ca } }),
    });
    if (answer.kind === "unanswered") return { kind: "unknown", reason: `${method}: ${answer.reason}` };
    cookie ??= answer.headers["set-cookie"]?.[0]?.split(";")[0];
    return read(method, answer.text, is(answer, 200));
  };
  const content = await soap("RetrieveServiceContent", serviceInstance);
  if (content.kind === "unknown") return content;
  const managed = (name: string): Managed => {
    const [found] = elementsAt(content.value, `returnval/${name}`);
    return { type: `${name.charAt(0).toUpperCase()}${name.slice(1)}`, id: found?.text ?? name };
  };
  const sessions = managed("sessionManager");
  const entered = await soap("Login", sessions, `<userName>${escaped(user)}</userName><password>${escaped(password)}</password>`);
  if (entered.kind === "unknown") return { kind: "unknown", reason: `the vCenter lets nobody in: ${entered.reason}` };
  return { kind: "known", value: { soap, managed, end: async () => void (await soap("Logout", sessions)) } };
}

export function reference(name: string, { type, id }: Managed): string {
  return `<${name} type="${type}">${escaped(id)}</${name}>`;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);

/** What stands in the body of an answer; prefixes of names are the server's to choose. */
function read(method: string, text: string, isFine: boolean): Known<Element> {
  try {
    const body = parseXml(text).children.find(({ name }) => name.replace(/^.*:/, "") === "Body");
    const [first] = body?.children ?? [];
    if (!first) return { kind: "unknown", reason: `${method}: an answer without a body` };
    if (isFine) return { kind: "known", value: first };
    return { kind: "unknown", reason: `${method}: ${textAt(first, "faultstring") || "refused"}` };
  } catch (reason) {
    return { kind: "unknown", reason: `${method}: ${String(reason)}` };
  }
}
