import * as fc from "fast-check";
import { Agents } from "./agents";
import type { Bed, Harm } from "./bed";

export interface Blow {
  readonly harm: Harm | "mute";
  /** Which of the members that it can meet. */
  readonly member: number;
  /** Whether a run comes before the next blow. */
  readonly thenRun: boolean;
}

const minute = 60_000;
/** Between two runs of the pipeline. */
const every = 15 * minute;
/** A silent machine is waited for: 45 minutes until its word is old, and 40 more. */
const patience = 16;
/** Of nine members, and one over: more at once is a meltdown, which is another test. */
const atOnce = 4;

export const blows: fc.Arbitrary<readonly Blow[]> = fc.array(
  fc.record({
    harm: fc.constantFrom<Blow["harm"]>("delete", "delete-with-volume", "power-off", "lose-volume", "mute"),
    member: fc.nat({ max: 1000 }),
    thenRun: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Blows with runs between them, and then runs alone: it must end whole, and nothing may have been done that never may. */
export async function healsAll(bed: Bed, sequence: readonly Blow[]): Promise<void> {
  const agents = new Agents(bed);
  const log: string[] = [];
  const pass = async (): Promise<void> => {
    bed.now += every;
    await agents.speak();
    const { done, refused } = await bed.run();
    for (const { repair, outcome } of done)
      log.push(`${repair.kind} ${repair.seen.member.name}: ${outcome.kind} ${"reason" in outcome ? outcome.reason : ""}`);
    if (refused !== undefined) log.push(`refused: ${refused}`);
    await agents.speak();
    const wrong = await bed.violations();
    if (wrong.length > 0) throw new Error([...wrong, ...log].join("\n"));
  };
  // Two silent ones may both serve, and stay: that is another test.
  const isAnySilent = async (): Promise<boolean> => [...(await bed.machines()).values()].some(({ id }) => agents.mute.has(id));
  await agents.speak();
  await agents.speak();
  for (const { harm, member, thenRun } of sequence) {
    const broken = await agents.missing();
    const candidates = bed.members.filter(({ name, tier }) => !broken.includes(name) && isMet(harm, tier));
    const one = candidates[member % Math.max(1, candidates.length)];
    if (!one || broken.length >= atOnce || (harm === "mute" && (await isAnySilent()))) continue;
    log.push(`- ${harm} ${one.name}`);
    if (harm === "mute") agents.mute.add((await bed.machines()).get(one.name)?.id ?? "");
    else await bed.harm(harm, one.name);
    if (thenRun) await pass();
  }
  for (let run = 0; run < patience * 2 && (await agents.missing()).length > 0; run++) await pass();
  const missing = await agents.missing();
  if (missing.length > 0) throw new Error([`not whole: ${missing.join(", ")}`, ...log].join("\n"));
}

const isMet = (harm: Blow["harm"], tier: string): boolean =>
  harm === "lose-volume" || harm === "delete-with-volume" ? tier === "etcd" : harm !== "mute" || tier !== "worker";
