import { is } from "../store/answers";
import { exchangeAs, type Credentials } from "../store/credentials";
import { patience } from "../store/exchange";
import { sha256, signed, type AwsCredentials } from "../store/sigv4";
import type { Known } from "./cloud";
import { parseXml, textAt, type Element } from "./xml";

const version = "2016-11-15";

/**
 * One call of EC2's query API.
 * @param parameters lists as EC2 numbers them, `Filter.1.Name`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
export type Ec2 = (action: string, parameters: Readonly<Record<string, string>>) => Promise<Known<Element>>;

export function ec2At(endpoint: string, region: string, credentials: Credentials<AwsCredentials>): Ec2 {
  const url = new URL("/", endpoint);
  return async (action, parameters) => {
    const body = new URLSearchParams({ Action: action, Version: version, ...parameters }).toString();
    const headers = {
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "content-length": String(Buffer.byteLength(body)),
    };
    const answer = await exchangeAs(credentials, patience, { method: "POST", url, body }, (own) =>
      signed({ method: "POST", url, headers, sha256: sha256(body) }, own, region, Date.now(), "ec2"),
    );
    if (answer.kind === "unanswered") return { kind: "unknown", reason: `${action}: ${answer.reason}` };
    try {
      const xml = parseXml(answer.text);
      if (is(answer, 200)) return { kind: "known", value: xml };
      return { kind: "unknown", reason: `${action}: ${textAt(xml, "Errors/Error/Code")} ${textAt(xml, "Errors/Error/Message")}` };
    } catch (reason) {
      return { kind: "unknown", reason: `${action}: ${answer.status}, ${String(reason)}` };
    }
  };
}

/** `Filter.1.Name=tag:a&Filter.1.Value.1=b` */
export function filters(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const rows = Object.entries(values).flatMap(([name, wanted], index) => [
    [`Filter.${index + 1}.Name`, name],
    ...wanted.map((value, place) => [`Filter.${index + 1}.Value.${place + 1}`, value]),
  ]);
  return Object.fromEntries(rows) as Record<string, string>;
}
