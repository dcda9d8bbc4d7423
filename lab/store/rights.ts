import type { IncomingHttpHeaders } from "node:http";
import { conditionalOnly, objectsOf, type Right } from "../../constructs/spec/store-access";
import type { Role } from "../../constructs/spec/roles";

/** Who asks: a role, and the name of the seat where it has one. */
export interface Caller {
  readonly role: Role;
  readonly seat?: string;
}

export interface Asked {
  readonly method: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
}

/** Whether the table of `store-access.ts` gives it, as the policies of roles and of the bucket read it. */
export function isAllowed({ role, seat }: Caller, { method, key, headers, query }: Asked): boolean {
  if (key === "") return method === "GET" && query.get("list-type") === "2";
  const has = (right: Right): boolean => objectsOf(role, right, seat).some((objects) => matches(objects, key));
  if (method === "GET" || method === "HEAD") return has("read");
  if (method === "DELETE") return has("remove");
  // The forms of an upload in parts are of no use to agents: no object is that large.
  if (method !== "PUT" || [...query].length > 0) return false;
  const absent = headers["if-none-match"] !== undefined;
  if (!absent && headers["if-match"] === undefined && conditionalOnly.some((objects) => matches(objects, key))) return false;
  return has("write") || (absent && has("create"));
}

/** A star stands for anything, as in a policy. */
export function matches(pattern: string, key: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  return rest.length === 0 ? key === pattern : key.startsWith(first) && key.endsWith(rest.at(-1) ?? "");
}
