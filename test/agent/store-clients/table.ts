import { randomBytes } from "node:crypto";
import { selfTest, objectsAtBoot } from "../../../agent/store/self-test";
import { installed, storePrograms } from "./programs";
import { startProgram } from "./started";

async function main(): Promise<void> {
  const only = process.argv[2] ?? "";
  const tries = Number(process.argv[3] ?? 50);
  for (const described of storePrograms) {
    if (!described.name.includes(only)) continue;
    const path = installed(described);
    if (path === undefined) { console.log(described.name, "missing"); continue; }
    let server;
    try { server = await startProgram(path, described); } catch (r) { console.log(described.name, r); continue; }
    const counts: Record<string, number> = {};
    const times: number[] = [];
    for (let i = 0; i < tries; i++) {
      const start = performance.now();
      const proof = await selfTest(server.open(), `self-test/x/${randomBytes(8).toString("hex")}`, Number(process.argv[4] ?? objectsAtBoot));
      times.push(performance.now() - start);
      const k = proof.kind + ("reason" in proof ? proof.reason.replace(/[0-9a-f]{16}/g, "…") : "");
      counts[k] = (counts[k] ?? 0) + 1;
    }
    times.sort((a, b) => a - b);
    console.log(described.name, counts, "median ms", times[times.length >> 1], "max", times.at(-1));
    await server.stop();
  }
}
void main();
