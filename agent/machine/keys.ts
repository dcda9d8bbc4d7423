import { say, sayOnce } from "../log";
import { metrics } from "../metrics";
import type { Nursery } from "../pki/births";
import { machineClock } from "../pki/clock";
import type { Fingerprints } from "../pki/fingerprints";
import { keep, type Kept } from "../pki/keep";
import type { Purpose } from "../pki/purposes";
import { sourceOf, type Source } from "../pki/trust";
import type { Configuring } from "./machine";
import { stateFolder } from "./paths";

/** While something is missing: what it waits for is another machine's work of a second. */
const soonMs = 300;
/** New generations of authorities are found within this time. */
const seldomMs = 10 * 60_000;

/** One round over certificates, keys and trust; answers in which time the next one is due. */
export async function keysRound(machine: Configuring, fingerprintsOf: (purpose: Purpose) => Fingerprints): Promise<number> {
  const { identity, objects, place, configured, name, address } = machine;
  const clock = machineClock(() => objects.now());
  const nursery = (purpose: Purpose): Nursery => ({
    cluster: identity.cluster,
    role: identity.role,
    objects,
    fingerprints: fingerprintsOf(purpose),
    clock,
  });
  const kept = await keep(
    {
      machine: { cluster: identity.cluster, name, address, api: configured.value.api },
      place,
      source: (purpose) => keepingCopies(machine, purpose, sourceOf(nursery(purpose), purpose)),
      clock,
    },
    configured.value,
  );
  return told(kept);
}

function told({ written, missing, renewalAt }: Kept): number {
  for (const { path, reason } of written) say("written", { path, reason });
  const reasons = [...new Set(missing.map(({ reason }) => reason))];
  sayOnce("keys", { missing: missing.length, reasons, halt: missing.some(({ kind }) => kind === "halt") });
  if (missing.length > 0) return soonMs;
  const left = renewalAt === undefined ? seldomMs : renewalAt - Date.now();
  metrics.set("coppice_certificate_renewal_seconds", Math.round(left / 1000));
  return Math.max(1_000, Math.min(left, seldomMs));
}

/** What an emptied store lost is put back from these, by `coppice rebuild-store`. */
async function keepingCopies({ place }: Configuring, purpose: Purpose, settling: Promise<Source>): Promise<Source> {
  const source = await settling;
  if (source.kind !== "settled") return source;
  for (const authority of source.generations) {
    const path = `${stateFolder}/pki/${purpose.replace("/", "-")}-${authority.generation}.json`;
    const file = { path, mode: "0600", owner: "root:root" };
    const text = JSON.stringify(authority);
    if (!(await place.holds(file, text))) await place.write(file, text);
  }
  return source;
}
