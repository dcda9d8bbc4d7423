import { Listr } from "listr2";
import type { Progress } from "./progress";

export const terminalProgress: Progress = async (steps) => {
  const tasks = new Listr(
    steps.map(({ title, run }) => ({
      title,
      task: async (_: unknown, task: { output: string }) => run((text) => (task.output = text)),
      rendererOptions: { persistentOutput: true, outputBar: Infinity },
    })),
    // Its own signal listener would end the process before the emulator and the temporary folder are gone.
    { concurrent: false, exitOnError: true, registerSignalListeners: false, rendererOptions: { collapseErrors: false } },
  );
  await tasks.run();
};
