import { randomInt } from "node:crypto";
import type * as z from "zod";
import { join as joinSchema, type Epoch } from "../../constructs/spec/store";
import type { Found, Objects, Read } from "../store/objects";
import { readEpoch } from "../epoch";
import type { Api } from "./api";
import { groups } from "./identities";
import { collections, pathOf, secret } from "./objects";
import { storeKeys } from "./store-keys";
import { tokenHours } from "./times";

export type Join = z.output<typeof joinSchema>;

export type Minted =
  | { readonly kind: "kept" }
  | { readonly kind: "minted"; readonly reason: string }
  /** Not now: nothing has changed. */
  | { readonly kind: "waits"; readonly reason: string };

const hourMs = 3_600_000;

/**
 * Keeps `join/worker` good: a token that the API knows, in the present epoch, with all of the cluster's authorities. Called
 * every minute by every master: the object changes by compare-and-swap, and the token that lost the race is deleted again.
 * @param authorities certificates of the cluster's CA, of all generations
 */
export async function keepJoin(objects: Objects, api: Api, authorities: readonly string[]): Promise<Minted> {
  const epoch = await readEpoch(objects);
  if (epoch.kind !== "found") return waits(`the epoch is ${epoch.kind === "absent" ? "absent" : epoch.reason}`);
  if (epoch.value.state !== "running") return waits(`the epoch is ${epoch.value.state}`);
  const read = await objects.read(storeKeys.join, joinSchema);
  if (read.kind === "unavailable" || read.kind === "forbidden") return waits(`${storeKeys.join}: ${read.reason}`);
  if (read.kind === "torn") return waits(`${storeKeys.join} is not readable (${read.reason}): delete it`);
  const reason = await whyMint(api, read, epoch.value, authorities);
  if (typeof reason === "object") return reason;
  return reason === undefined ? { kind: "kept" } : mint(objects, api, read, epoch.value, authorities, reason);
}

async function whyMint(
  api: Api,
  read: Extract<Read<Join>, { kind: "found" | "absent" }>,
  { number }: Epoch,
  authorities: readonly string[],
): Promise<string | undefined | Extract<Minted, { kind: "waits" }>> {
  if (read.kind === "absent") return "there is none yet";
  const { epoch, until, token } = read.value;
  // What a restored etcd knows of tokens is older than what workers were told.
  if (epoch !== number) return `it is of epoch ${epoch}`;
  if (Date.parse(until) - read.now < (tokenHours.life - tokenHours.renewAfter) * hourMs)
    return `a new token is due every ${tokenHours.renewAfter} hours`;
  if (JSON.stringify(read.value.authorities) !== JSON.stringify(authorities)) return "the cluster's authorities have changed";
  const [id = "", wanted = ""] = token.split(".");
  const held = await api.get(pathOf.secret(nameOf(id)), secret);
  if (held.kind === "absent") return "the API does not know its token";
  if (held.kind !== "answered") return waits(held.reason);
  const known = Buffer.from(held.value.data?.["token-secret"] ?? "", "base64").toString();
  return known === wanted ? undefined : "the API knows another token of this name";
}

async function mint(
  objects: Objects,
  api: Api,
  before: Extract<Read<Join>, { kind: "found" | "absent" }>,
  epoch: Epoch,
  authorities: readonly string[],
  reason: string,
): Promise<Minted> {
  const [id, own] = [random(6), random(16)];
  const until = new Date(before.now + tokenHours.life * hourMs).toISOString();
  // In the API first: what the join object names must exist.
  const created = await api.create(collections.secrets, tokenSecret(id, own, until));
  if (created.kind !== "answered") return waits(created.reason);
  const next: Join = { epoch: epoch.number, token: `${id}.${own}`, until, authorities: [...authorities] };
  const written = await write(objects, before, next);
  if (written.kind === "written") return { kind: "minted", reason };
  // After no answer it may be in the store all the same; if not, it ends by itself.
  if (written.kind === "conflict") await api.delete(pathOf.secret(nameOf(id)));
  return waits(written.kind === "conflict" ? "another master was first" : `${storeKeys.join}: ${written.reason}`);
}

function write(objects: Objects, before: Found<Join> | { readonly kind: "absent" }, next: Join): ReturnType<Objects["create"]> {
  return before.kind === "found" ? objects.replace(storeKeys.join, next, before.version) : objects.create(storeKeys.join, next);
}

/** https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/: good for asking for a certificate, and for nothing else. */
function tokenSecret(id: string, own: string, until: string) {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: nameOf(id), namespace: "kube-system" },
    type: "bootstrap.kubernetes.io/token",
    stringData: {
      "token-id": id,
      "token-secret": own,
      expiration: until,
      "usage-bootstrap-authentication": "true",
      "auth-extra-groups": groups.joiningWorkers,
    },
  };
}

const nameOf = (id: string): string => `bootstrap-token-${id}`;

function random(length: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}

function waits(reason: string): Extract<Minted, { kind: "waits" }> {
  return { kind: "waits", reason };
}
