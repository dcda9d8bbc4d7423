import { connect } from "node:tls";
import type { Sign } from "./hung";

/**
 * Whether a server shakes hands: a process that is stopped does not, though its kernel takes the connection. For servers
 * whose answers wait for others: the controller manager and the scheduler ask the API who it is that asks.
 */
export function tlsSign(port: number, patienceMs: number): Promise<Sign> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    const timer = setTimeout(() => end("silent"), patienceMs);
    const end = (sign: Sign) => {
      clearTimeout(timer);
      resolve(sign);
      socket.destroy();
    };
    socket.once("secureConnect", () => end("answers"));
    socket.on("error", () => end("answers"));
  });
}
