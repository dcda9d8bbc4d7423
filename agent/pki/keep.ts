import { createPrivateKey, createPublicKey } from "node:crypto";
import type { AgentFile } from "../../constructs/spec/role-configuration";
import { certificateOf, issue, type Authority } from "./certificates";
import type { Clock } from "./clock";
import { encryptionConfiguration } from "./encryption";
import { authorityPairs, leaves, trustBundles, type PkiMachine } from "./leaves";
import type { Place } from "./place";
import { isRecordedInEtcd, type Purpose } from "./purposes";
import type { Source } from "./trust";
import { issuing, whyIssue } from "./renewal";

export interface Keeper {
  readonly machine: PkiMachine;
  readonly place: Place;
  /** Asked once a purpose and round. */
  readonly source: (purpose: Purpose) => Promise<Source>;
  readonly clock: Clock;
}

export interface Kept {
  /** Written in this round, each with the reason. */
  readonly written: readonly { readonly path: string; readonly reason: string }[];
  /** What could not be written. Files that are there stay as they are. */
  readonly missing: readonly { readonly path: string; readonly kind: "wait" | "halt"; readonly reason: string }[];
  /** When the next certificate is to be renewed, in milliseconds since 1970. */
  readonly renewalAt?: number;
}

/** Of a role configuration. */
interface Files {
  readonly agentFiles: readonly AgentFile[];
}

/** Files of a role configuration that have to do with keys: what `keep` writes. */
export function pkiFiles({ agentFiles }: Files): readonly AgentFile[] {
  return agentFiles.filter(({ path, kind }) => ["certificate", "key", "trust-bundle"].includes(kind) || path === encryptionPath);
}

const encryptionPath = "/etc/kubernetes/encryption.yaml";
const serviceAccount = "/etc/kubernetes/pki/service-account";

/**
 * One round over the files: certificates that are missing, wrong or due are issued anew with a new key, everything else is
 * written when it differs. A certificate and its key change by two renames, the key first; a machine that dies in between
 * has a key that does not match, and the next round issues again. With a clock that is not right nothing is issued.
 * @throws Error for a file that no row of `leaves.ts` knows
 */
export async function keep(keeper: Keeper, configuration: Files): Promise<Kept> {
  const files = pkiFiles(configuration);
  const written: Kept["written"][number][] = [];
  const missing: Kept["missing"][number][] = [];
  const renewals: number[] = [];
  // A key is written at its certificate's turn.
  const turns = files.filter(({ path, kind }) => kind !== "key" || !(stemOf(path) in leaves));
  // What is on record in etcd can be asked for once the files are there with which etcd is asked.
  for (const inEtcd of [false, true]) {
    const some = turns.filter(({ path }) => isRecordedInEtcd(purposeOf(path)) === inEtcd);
    const sources = await sourcesOf(keeper, some);
    for (const file of some) {
      const found = sources.get(purposeOf(file.path)) ?? { kind: "unborn", reason: "nobody was asked" };
      const stem = stemOf(file.path);
      if (found.kind !== "settled" && found.kind !== "published") {
        missing.push({ path: file.path, kind: found.kind === "halt" ? "halt" : "wait", reason: found.reason });
      } else if (found.kind === "settled" && file.kind === "certificate" && stem in leaves) {
        const key = files.find(({ path }) => path === `${stem}.key`);
        if (!key) throw new Error(`${file.path} has no key beside it`);
        const state = await keepLeaf(keeper, stem, file, key, found.generations);
        if ("renewalAt" in state) renewals.push(state.renewalAt);
        else if ("wait" in state) missing.push({ path: file.path, kind: "wait", reason: state.wait });
        else written.push({ path: file.path, reason: state.reason });
      } else {
        const text = textOf(file.path, found, keeper.clock().now);
        if (await keeper.place.holds(file, text)) continue;
        await keeper.place.write(file, text);
        written.push({ path: file.path, reason: "it differed" });
      }
    }
  }
  return { written, missing, ...(renewals.length > 0 ? { renewalAt: Math.min(...renewals) } : {}) };
}

/** Each purpose once, and all of them together: every one is a few words with the store. */
async function sourcesOf({ source }: Keeper, files: readonly AgentFile[]): Promise<ReadonlyMap<Purpose, Source>> {
  const purposes = [...new Set(files.map(({ path }) => purposeOf(path)))];
  return new Map(await Promise.all(purposes.map(async (purpose) => [purpose, await source(purpose)] as const)));
}

const stemOf = (path: string): string => path.replace(/\.(crt|key)$/, "");

async function keepLeaf(
  { machine, place, clock }: Keeper,
  stem: string,
  certificate: AgentFile,
  key: AgentFile,
  generations: readonly Authority[],
): Promise<{ reason: string } | { renewalAt: number } | { wait: string }> {
  const { now, fault } = clock();
  const profile = leaves[stem]?.profile(machine);
  if (!profile) throw new Error(`no profile of ${stem}`);
  const [certificateText, keyText] = [await place.read(certificate.path), await place.read(key.path)];
  const present = {
    ...(certificateText === undefined ? {} : { certificate: certificateText }),
    ...(keyText === undefined ? {} : { key: keyText }),
  };
  const state = whyIssue(present, profile, generations, now, `${machine.name} ${stem}`);
  if ("renewalAt" in state && (await isPlaced(place, certificate, certificateText)) && (await isPlaced(place, key, keyText))) return state;
  if (fault !== undefined) return { wait: fault };
  const leaf = await issue(issuing(generations, now), profile, now);
  await place.write(key, leaf.key);
  await place.write(certificate, leaf.certificate);
  return "reason" in state ? state : { reason: "its owner or mode was another one" };
}

async function isPlaced(place: Place, file: AgentFile, text: string | undefined): Promise<boolean> {
  return text !== undefined && (await place.holds(file, text));
}

function purposeOf(path: string): Purpose {
  const stem = path.replace(/\.(crt|key|pub)$/, "");
  const purpose =
    leaves[stem]?.from ??
    authorityPairs[stem] ??
    trustBundles[path] ??
    (stem === serviceAccount ? "cluster/service-account" : path === encryptionPath ? "cluster/encryption" : undefined);
  if (purpose === undefined) throw new Error(`the agent does not know what ${path} holds`);
  return purpose;
}

function textOf(path: string, source: Extract<Source, { kind: "settled" | "published" }>, now: number): string {
  if (path in trustBundles) {
    return (source.kind === "published" ? source.certificates : source.generations.map(certificateOf)).map(line).join("");
  }
  if (source.kind === "published") throw new Error(`a machine without keys is to write ${path}`);
  const { generations } = source;
  if (path === encryptionPath) return encryptionConfiguration(generations);
  if (path === `${serviceAccount}.pub`) return generations.map(publicKeyOf).join("");
  const signer = issuing(generations, now);
  return line(path.endsWith(".crt") ? certificateOf(signer) : signer.key);
}

function publicKeyOf({ key }: Authority): string {
  return createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "pem" }).toString();
}

function line(pem: string): string {
  return `${pem.trimEnd()}\n`;
}
