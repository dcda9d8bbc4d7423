import { readFileSync } from "node:fs";
import { labFile } from "./files";

/** The shell blocks of a page of the docs, by the number of their section. */
export type Manual = (section: number, block: number) => string;

const fence = /^```sh\n([\s\S]*?)^```$/gm;

/** What a person would paste, as the page has it now. @throws Error for a block that the page does not have */
export function manualTakeover(): Manual {
  const page = readFileSync(labFile("..", "docs", "manual-takeover.md"), "utf8");
  const sections = new Map(
    page.split(/^## /m).map((text) => [Number.parseInt(text, 10), [...text.matchAll(fence)].map(([, code = ""]) => code)]),
  );
  return (section, block) => {
    const code = sections.get(section)?.[block];
    if (code === undefined) throw new Error(`docs/manual-takeover.md has no shell block ${block + 1} in section ${section}`);
    return code;
  };
}
