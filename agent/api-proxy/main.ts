import { parseArgs } from "node:util";
import { notify, watchdogEveryMs } from "../machine/systemd";
import { startApiProxy } from "./proxy";

/**
 * `agent.js api-proxy --listen=127.0.0.1:7445 --masters=10.0.1.6:6443,10.0.2.6:6443`. Runs until its process is ended.
 * @throws Error when it cannot begin; systemd starts it again
 */
export async function apiProxy(args: string[]): Promise<never> {
  const { values } = parseArgs({ args, options: { listen: { type: "string" }, masters: { type: "string" } } });
  if (values.listen === undefined || values.masters === undefined) throw new Error("api-proxy needs --listen and --masters");
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  await startApiProxy({ listen: values.listen, masters: values.masters.split(","), say });
  setInterval(() => void notify("WATCHDOG=1"), watchdogEveryMs);
  return new Promise(() => undefined);
}
