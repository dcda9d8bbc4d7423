import { X509Certificate } from "node:crypto";
import { standing } from "../agent/epoch";
import { fault, type Authority } from "../agent/pki/certificates";
import { nameOf, purposes, type Purpose } from "../agent/pki/purposes";
import { authority as authorityShape, epoch as epochShape, vote, type Epoch, type Vote } from "../constructs/spec/store";

/** A file that a person took from a machine. */
export interface Copy {
  readonly path: string;
  readonly text: string;
}

/** What the copies hold together. */
export interface Copies {
  readonly epoch?: Epoch;
  readonly authorities: readonly Authority[];
  /** What holds disks still until a round of votes is over. */
  readonly fences: readonly Vote[];
}

/**
 * Reads copies and holds them against each other, and against the cluster that they are for.
 * @throws Error with the file that is wrong, before anything is written
 */
export function readCopies(cluster: string, files: readonly Copy[]): Copies {
  const epochs: { path: string; epoch: Epoch }[] = [];
  const authorities = new Map<string, Authority>();
  const fences: Vote[] = [];
  for (const { path, text } of files) {
    const json = parsed(path, text);
    const epoch = epochShape.safeParse(json);
    if (epoch.success) {
      if (epoch.data.cluster !== cluster) throw new Error(`${path} is of cluster ${epoch.data.cluster}, not of ${cluster}`);
      epochs.push({ path, epoch: epoch.data });
      continue;
    }
    const fence = vote.safeParse(json);
    if (fence.success) {
      fences.push(fence.data);
      continue;
    }
    const authority = authorityShape.safeParse(json);
    if (!authority.success) throw new Error(`${path} holds no epoch, no fence and no key of the cluster`);
    const name = soundName(cluster, path, authority.data);
    const other = authorities.get(name);
    if (other && other.fingerprint !== authority.data.fingerprint) throw new Error(`${path}: another file holds another ${name}`);
    authorities.set(name, authority.data);
  }
  const epoch = newest(epochs);
  return { ...(epoch ? { epoch } : {}), authorities: [...authorities.values()], fences };
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON`);
  }
}

function soundName(cluster: string, path: string, authority: Authority): string {
  const { purpose, generation, certificate } = authority;
  if (!isPurpose(purpose)) throw new Error(`${path} is for ${purpose}, which no cluster has`);
  const name = nameOf(purpose, generation);
  const wrong = fault(authority, purpose, generation);
  if (wrong !== undefined) throw new Error(`${path}, ${name}, ${wrong}`);
  const subject = certificate === undefined ? undefined : new X509Certificate(certificate).subject;
  if (subject !== undefined && subject !== `CN=${cluster} ${purpose} ${generation}`) throw new Error(`${path}, ${name}, is of ${subject}`);
  return name;
}

/**
 * The copy that knows all that the others know. A seat that was down has an older one, and one without an entry in `joined`
 * would let that seat start as new; so where no copy knows everything, a person has to choose.
 */
function newest(copies: readonly { path: string; epoch: Epoch }[]): Epoch | undefined {
  const [best] = copies.filter((one) => copies.every((other) => knowsAll(one.epoch, other.epoch)));
  if (best || copies.length === 0) return best?.epoch;
  throw new Error(
    `${copies.map(({ path }) => path).join(", ")} contradict each other: give only the copy of the machine that ran last with the old store`,
  );
}

/** Whether nothing that `other` says is unknown to `one`; what is of an older epoch counts for nothing. */
export function knowsAll(one: Epoch, other: Epoch): boolean {
  const stands = standing(other, one);
  if (stands !== "same") return stands === "older";
  return (
    (one.state === "running" || other.state !== "running") &&
    (one.clusterId !== undefined || other.clusterId === undefined) &&
    other.seats.every(({ name }) => one.seats.some((seat) => seat.name === name)) &&
    other.joined.every(({ seat, disk }) => one.joined.some((entry) => entry.seat === seat && entry.disk === disk)) &&
    Object.entries(other.authorities).every(([name, fingerprint]) => one.authorities[name] === fingerprint)
  );
}

function isPurpose(purpose: string): purpose is Purpose {
  return purpose in purposes;
}
