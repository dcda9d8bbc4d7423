import { createServer, type AddressInfo } from "node:net";

/** A port of loopback that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** A server that takes the call and says nothing is not up. */
const answerMs = 2_000;

/**
 * Waits, some 10 seconds, for a server that was just started.
 * @param isUp which answers count; a store may refuse a stranger and be up
 */
export async function answers(
  url: string,
  isUp: (answer: Response) => boolean | Promise<boolean> = () => true,
  tries = 100,
): Promise<void> {
  const up = await fetch(url, { signal: AbortSignal.timeout(answerMs) }).then(isUp, () => false);
  if (up) return;
  if (tries === 0) throw new Error(`${url} does not answer`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return answers(url, isUp, tries - 1);
}
