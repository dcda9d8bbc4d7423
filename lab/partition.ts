import { done } from "./command";
import { switchOf } from "./network";
import type { Run } from "./run-folder";

const table = "inet partition";

/** From now on nothing that some addresses send reaches some others, connected or not. */
export async function cut(run: Run, from: readonly string[], to: readonly string[]): Promise<void> {
  await drop(run, `ip saddr { ${from.join(", ")} } ip daddr { ${to.join(", ")} }`);
}

/** From now on nothing reaches a port of any machine. */
export async function silence(run: Run, port: number): Promise<void> {
  await drop(run, `tcp dport ${port}`);
}

/** Ends all of that. */
export async function mend(run: Run): Promise<void> {
  await nft(run, `add table ${table}\ndelete table ${table}\n`);
}

// Before the rules of the cloud, which let go on what is connected.
async function drop(run: Run, what: string): Promise<void> {
  await nft(
    run,
    `add table ${table}\nadd chain ${table} cut { type filter hook forward priority -10; }\nadd rule ${table} cut ${what} drop\n`,
  );
}

async function nft(run: Run, commands: string): Promise<void> {
  await done("ip", ["netns", "exec", switchOf(run), "nft", "-f", "-"], commands);
}
