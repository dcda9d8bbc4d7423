/** The program on every machine: `agent.js run`; `api-proxy` and `api-address` are units of their own. */
const [command = "", ...args] = process.argv.slice(2);

async function main(): Promise<void> {
  // Each only when it is asked for: the proxy needs a tenth of the memory.
  switch (command) {
    case "run":
      return (await import("./machine/run")).run();
    case "api-proxy":
      return (await import("./api-proxy/main")).apiProxy(args);
    case "api-address":
      return (await import("./api-address/main")).apiAddress(args);
    default:
      throw new Error(`${JSON.stringify(command)} is no command of the agent: run, api-proxy, api-address`);
  }
}

main().catch((reason: unknown) => {
  process.stderr.write(`${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`);
  process.exitCode = 1;
});
