import { connect as connectHttp2 } from "node:http2";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { readMetrics } from "./etcd-metrics";
import type { Sign } from "./hung";

/**
 * Whether a server says anything at all: a refusal, a wrong certificate and a closed port are answers too. Nothing is told
 * to it, so it need not prove who it is.
 */
export function httpSign(url: string, patienceMs: number): Promise<Sign> {
  return new Promise((resolve) => {
    const open = url.startsWith("https:") ? httpsRequest : httpRequest;
    // A connection of its own: one that is kept would tell of the last time.
    const request = open(url, { agent: false, rejectUnauthorized: false });
    const timer = setTimeout(() => end("silent"), patienceMs);
    const end = (sign: Sign) => {
      clearTimeout(timer);
      resolve(sign);
      request.destroy();
    };
    request.once("response", () => end("answers"));
    request.on("error", () => end("answers"));
    request.end();
  });
}

/** Whether a server of gRPC behind a socket file greets: its kernel takes connections even when it hangs. */
export function grpcSign(socket: string, patienceMs: number): Promise<Sign> {
  return new Promise((resolve) => {
    const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
    const timer = setTimeout(() => end("silent"), patienceMs);
    const end = (sign: Sign) => {
      clearTimeout(timer);
      resolve(sign);
      session.destroy();
    };
    for (const event of ["remoteSettings", "error", "close"]) session.on(event, () => end("answers"));
  });
}

/**
 * etcd reads nothing while it defragments, and hardly anything while a slow disk takes its database: both show in its metrics,
 * which answer all the same. What gets on does not hang.
 * @param listener `http://127.0.0.1:2381`
 */
export function etcdSigns(listener: string): (patienceMs: number) => Promise<Sign> {
  let commits: number | undefined;
  return async (patienceMs) => {
    const sign = await httpSign(`${listener}/livez`, patienceMs);
    if (sign !== "silent") return sign;
    const found = await readMetrics(`${listener}/metrics`);
    const before = commits;
    commits = found?.commits;
    return found && (found.defragments || (before !== undefined && found.commits !== before)) ? "busy" : "silent";
  };
}
