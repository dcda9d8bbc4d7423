export interface Step {
  readonly title: string;
  /** `say` replaces the line below the title on a terminal and is a line of its own elsewhere. */
  run(say: (text: string) => void): Promise<void>;
}

/** How steps are run and shown, one after the other; ends with the first that throws. */
export type Progress = (steps: readonly Step[]) => Promise<void>;

export function plainProgress(print: (line: string) => void): Progress {
  return async (steps) => {
    for (const [index, { title, run }] of steps.entries()) {
      const from = performance.now();
      print(`[${index + 1}/${steps.length}] ${title}`);
      await run((text) => text.split("\n").forEach((line) => print(`    ${line}`)));
      print(`    ${((performance.now() - from) / 1000).toFixed(1)} s`);
    }
  };
}
