import { randomBytes } from "node:crypto";
import { objectsOnce, selfTest, type Proof } from "../../../agent/store/self-test";
import type { Store } from "../../../agent/store/store";
import { fakeGcs, installed, installing, storePrograms } from "./programs";
import { gcs, moto, type Kind } from "./servers";
import { startProgram } from "./started";

/**
 * `node run.js test/agent/store-clients/table.ts [words of a name] [address of this machine]`: the stores that this machine
 * has, by the agent's self-test; the table of docs/vsphere.md.
 */
const [words = "", host = "127.0.0.1"] = process.argv.slice(2);

/** As machines do it at their first boot: so often, because a fault of concurrency shows by chance. */
const boots = 50;
const kinds: readonly (Kind & { version: string })[] = [
  ...storePrograms.map((described) => {
    const path = installed(described);
    const { name, version } = described;
    if (path !== undefined) return { name, version, start: () => startProgram(path, described, host) };
    const missing = installing(described);
    return { name, version, missing, start: () => Promise.reject(new Error(missing)) };
  }),
  { ...moto(false), version: "as in emulated/moto/requirements.txt" },
  { ...gcs, version: fakeGcs.version },
];

async function proved(store: Store, objects?: number): Promise<Proof & { readonly ms: number }> {
  const before = performance.now();
  const proof = await selfTest(store, `self-test/table/${randomBytes(8).toString("hex")}`, objects);
  return { ...proof, ms: performance.now() - before };
}

async function row({ name, version, missing, start }: Kind & { version: string }): Promise<string> {
  if (missing !== undefined) return cells([name, version, "not here", missing, "", ""]);
  const server = await start();
  try {
    const store = server.open();
    const proofs: Awaited<ReturnType<typeof proved>>[] = [];
    for (let boot = 0; boot < boots; boot++) proofs.push(await proved(store));
    const once = await proved(store, objectsOnce);
    const proven = proofs.filter(({ kind }) => kind === "proven").length;
    const reasons = new Set(
      [...proofs, once].flatMap((proof) => ("reason" in proof ? [`${proof.kind}: ${withoutKeys(proof.reason)}`] : [])),
    );
    const ms = proofs.map((proof) => proof.ms).sort((a, b) => a - b);
    return cells([name, version, `${proven} of ${boots}`, once.kind, `${Math.round(ms[boots / 2] ?? NaN)} ms`, [...reasons].join("; ")]);
  } finally {
    await server.stop();
  }
}

const cells = (texts: readonly string[]): string => `| ${texts.join(" | ")} |\n`;
const withoutKeys = (reason: string): string => reason.replace(/ ?\(?self-test\/[\w/]+\)?:?/g, "");

async function main(): Promise<void> {
  process.stdout.write(cells(["store", "version", "proven at boot", `once, ${objectsOnce} objects`, "median", "what was wrong"]));
  process.stdout.write("|---|---|---|---|---|---|\n");
  for (const kind of kinds.filter(({ name }) => name.includes(words))) {
    process.stdout.write(
      await row(kind).catch((reason: unknown) => cells([kind.name, kind.version, "did not start", "", "", String(reason)])),
    );
  }
}

void main();
