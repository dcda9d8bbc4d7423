import { objectsOf, type Right } from "../../constructs/spec/store-access";
import { matches, type Caller } from "../store/rights";

/** A request to an object, or to the list of all. */
export interface Asked {
  readonly method: string;
  /** Undefined for the list. */
  readonly key?: string;
  /** Of an upload, the generation that it takes the place of: "0" for none. */
  readonly generation?: string;
}

/** `/storage/v1/b/BUCKET/o/KEY`, `/upload/storage/v1/b/BUCKET/o?name=KEY`; undefined for what is neither. */
export function askedOf(method: string, url: URL, bucket: string): Asked | undefined {
  const [, upload, named, object] = /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  if (named === undefined || decodeURIComponent(named) !== bucket) return undefined;
  if (upload === undefined) return { method, ...(object !== undefined && { key: decodeURIComponent(object) }) };
  const [key, generation] = ["name", "ifGenerationMatch"].map((name) => url.searchParams.get(name) ?? "");
  return method === "POST" && key ? { method, key, generation: generation ?? "" } : undefined;
}

/** Whether the custom roles of `constructs/platform/google/rights.ts` allow it: to overwrite an object is to delete it too. */
export function isAllowed({ role, seat }: Caller, { method, key, generation }: Asked): boolean {
  if (key === undefined) return method === "GET";
  const has = (...rights: readonly Right[]): boolean =>
    rights.some((right) => objectsOf(role, right, seat).some((objects) => matches(objects, key)));
  if (method === "GET") return has("read");
  if (method === "DELETE") return has("write", "remove");
  return method === "POST" && has("create", "write") && (generation === "0" || has("write", "remove"));
}
