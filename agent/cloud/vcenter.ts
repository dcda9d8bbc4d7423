import * as z from "zod";
import type { VcenterAccount } from "../../constructs/spec/store";
import { is } from "../store/answers";
import { exchange, patience, type Answer, type Ask } from "../store/exchange";
import type { Known } from "./cloud";

/**
 * One question to the vCenter's API, by its path behind `/api/`; undefined when it says that there is no such thing.
 * @see https://developer.broadcom.com/xapis/vsphere-automation-api/latest/
 */
export type Vcenter = (path: string, body?: unknown) => Promise<Known<unknown>>;

/** @param account asked for with every session, so that a changed one needs no restart */
export function vcenterWith(account: () => Promise<Known<VcenterAccount>>, base = (server: string) => `https://${server}`): Vcenter {
  let session: { readonly root: string; readonly id: string } | undefined;
  const ask = (root: string, path: string, more: Omit<Ask, "url" | "patienceMs">): Promise<Answer> =>
    exchange({ ...more, url: new URL(`/api/${path}`, root), patienceMs: patience.answerMs });

  async function logIn(): Promise<Known<{ readonly root: string; readonly id: string }>> {
    const known = await account();
    if (known.kind === "unknown") return known;
    const { server, user, password } = known.value;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const answer = await ask(base(server), "session", { method: "POST", headers: { authorization, "content-length": "0" } });
    const id = is(answer, 201) || is(answer, 200) ? z.string().safeParse(json(answer.text)).data : undefined;
    if (id !== undefined) return { kind: "known", value: { root: base(server), id } };
    return { kind: "unknown", reason: `the vCenter lets nobody in: ${answer.kind === "answered" ? answer.status : answer.reason}` };
  }

  return async (path, body) => {
    for (const last of [false, true]) {
      if (!session) {
        const fresh = await logIn();
        if (fresh.kind === "unknown") return fresh;
        session = fresh.value;
      }
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        "vmware-api-session-id": session.id,
        ...(text !== undefined && { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
      };
      const answer = await ask(session.root, path, {
        method: text === undefined ? "GET" : "POST",
        headers,
        ...(text !== undefined && { body: text }),
      });
      if (is(answer, 401) && !last) {
        session = undefined;
        continue;
      }
      if (answer.kind === "unanswered") return { kind: "unknown", reason: `${path}: ${answer.reason}` };
      const value = json(answer.text);
      if (answer.status === 200 && value !== undefined) return { kind: "known", value };
      // Only the vCenter itself says so.
      const type = z.object({ error_type: z.string() }).safeParse(value).data?.error_type;
      if (answer.status === 404 && type === "NOT_FOUND") return { kind: "known", value: undefined };
      return { kind: "unknown", reason: `${path}: ${answer.status} ${type ?? ""}`.trim() };
    }
    return { kind: "unknown", reason: `${path}: the vCenter takes no session` };
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
