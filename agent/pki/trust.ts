import { X509Certificate } from "node:crypto";
import { trustBundle } from "../../constructs/spec/store";
import { settle, type Nursery, type Settled } from "./births";
import { generationsIn, trustKeyOf, type Purpose } from "./purposes";

/** What a machine that may not read keys knows of a purpose. */
export interface Published {
  readonly kind: "published";
  /** Of all generations, the oldest first. */
  readonly certificates: readonly string[];
}

export type Source = Settled | Published;

/** All that this machine may know of a purpose: the keys too, but for workers. */
export function sourceOf(nursery: Nursery, purpose: Purpose): Promise<Source> {
  return nursery.role === "worker" ? published(nursery, purpose) : settle(nursery, purpose);
}

async function published({ objects }: Nursery, purpose: Purpose): Promise<Source> {
  const listed = await objects.list(`trust/${purpose}/`);
  if (listed.kind !== "listed") return listed;
  const certificates: string[] = [];
  for (const generation of generationsIn(purpose, listed.keys)) {
    const key = trustKeyOf(purpose, generation);
    const read = await objects.read(key, trustBundle);
    if (read.kind === "unavailable" || read.kind === "forbidden") return read;
    if (read.kind === "absent") continue;
    if (read.kind === "torn") return { kind: "halt", reason: `${key} is not readable: ${read.reason}` };
    if (!read.value.certificates.every(isAuthority)) return { kind: "halt", reason: `${key} holds something that is no authority` };
    certificates.push(...read.value.certificates);
  }
  return certificates.length > 0
    ? { kind: "published", certificates }
    : { kind: "unborn", reason: `trust/${purpose}/ holds no certificate yet` };
}

function isAuthority(text: string): boolean {
  try {
    return new X509Certificate(text).ca;
  } catch {
    return false;
  }
}
