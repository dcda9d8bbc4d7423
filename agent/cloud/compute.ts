import * as z from "zod";
import { is } from "../store/answers";
import { exchangeAs, type Credentials } from "../store/credentials";
import { patience } from "../store/exchange";
import type { Known } from "./cloud";

/**
 * One question to Compute Engine's API, by its path behind `projects/`; undefined when it says that there is no such thing.
 * @see https://cloud.google.com/compute/docs/reference/rest/v1
 */
export type Compute = (path: string, query?: Readonly<Record<string, string>>) => Promise<Known<unknown>>;

const refusal = z.object({ error: z.object({ message: z.string(), errors: z.array(z.object({ reason: z.string() })).optional() }) });

export function computeAt(credentials: Credentials<string>, endpoint = "https://compute.googleapis.com"): Compute {
  return async (path, query = {}) => {
    const url = new URL(`/compute/v1/projects/${path}`, endpoint);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = await exchangeAs(credentials, patience, { method: "GET", url }, (token) => ({ authorization: `Bearer ${token}` }));
    if (answer.kind === "unanswered") return { kind: "unknown", reason: `${path}: ${answer.reason}` };
    if (is(answer, 401)) credentials.drop();
    const body = json(answer.text);
    if (is(answer, 200) && body !== undefined) return { kind: "known", value: body };
    const said = refusal.safeParse(body);
    // Only the API itself says so: a stranger's 404 must not look like a disk that is gone.
    if (is(answer, 404) && said.data?.error.errors?.[0]?.reason === "notFound") return { kind: "known", value: undefined };
    return { kind: "unknown", reason: `${path}: ${answer.status} ${said.data?.error.message ?? ""}`.trim() };
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
