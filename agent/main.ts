/** The program on every machine: `agent.js run`, and `agent.js api-proxy`, which is a unit of its own. */
const [command = "", ...args] = process.argv.slice(2);

async function main(): Promise<void> {
  // Each only when it is asked for: the proxy needs a tenth of the memory.
  switch (command) {
    case "run":
      return (await import("./machine/run")).run();
    case "api-proxy":
      return (await import("./api-proxy/main")).apiProxy(args);
    default:
      throw new Error(`${JSON.stringify(command)} is no command of the agent: run, api-proxy`);
  }
}

main().catch((reason: unknown) => {
  process.stderr.write(`${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`);
  process.exitCode = 1;
});
