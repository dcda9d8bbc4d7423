import { builtPrograms, modules } from "./build";

/** `node run.js lab/bin/build-all.ts`: all programs that machines of the lab run, into the cache. */
for (const module of modules) console.log(`${module}: ${builtPrograms(module, process.env, console.log)}`);
