import { done } from "./command";
import { switchOf } from "./network";
import type { Run } from "./run-folder";

const table = "inet partition";

/** From now on nothing that some addresses send reaches some others, connected or not. */
export async function cut(run: Run, from: readonly string[], to: readonly string[]): Promise<void> {
  const rule = `ip saddr { ${from.join(", ")} } ip daddr { ${to.join(", ")} } drop`;
  // Before the rules of the cloud, which let go on what is connected.
  await nft(run, `add table ${table}\nadd chain ${table} cut { type filter hook forward priority -10; }\nadd rule ${table} cut ${rule}\n`);
}

/** Ends all of that. */
export async function mend(run: Run): Promise<void> {
  await nft(run, `add table ${table}\ndelete table ${table}\n`);
}

async function nft(run: Run, commands: string): Promise<void> {
  await done("ip", ["netns", "exec", switchOf(run), "nft", "-f", "-"], commands);
}
