import { request } from "node:https";
import type { Vcenter } from "../../../emulated/vsphere/vcenter";
import type { SoapAnswer } from "../../cli/reconcile/recorded";

/** One SOAP request to the simulated vCenter, and its answer. */
export async function forwarded({ server, certificate: ca }: Vcenter, asked: string, cookie?: string): Promise<SoapAnswer> {
  const headers = { "content-type": "text/xml; charset=utf-8", ...(cookie !== undefined && { cookie }) };
  return new Promise((resolve, reject) => {
    const sent = request(`https://${server}/sdk`, { method: "POST", ca, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const [session] = answer.headers["set-cookie"] ?? [];
        const text = Buffer.concat(parts).toString("utf8");
        resolve({ status: answer.statusCode ?? 500, answer: text, ...(session !== undefined && { cookie: session }) });
      });
    });
    sent.on("error", reject).end(asked);
  });
}
