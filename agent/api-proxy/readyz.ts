import { Agent, request } from "node:https";
import type { Master } from "./master";

/** What a master says of itself: `silent` is no answer at all, `unready` any other than 200. */
export interface Sign {
  readonly sign: "ready" | "unready" | "silent";
  /** `503`, `ECONNREFUSED` */
  readonly reason: string;
}

/** Looks at one API server over a connection of its own, which is kept: a handshake per look and machine would be their main load. */
export class Probe {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly master: Pick<Master, "host" | "port">,
    private readonly patienceMs: number,
  ) {}

  look(): Promise<Sign> {
    return new Promise((resolve) => {
      const asked = request({
        host: this.master.host,
        port: this.master.port,
        path: "/readyz",
        agent: this.agent,
        // It only routes: what goes through is verified by the client, end to end.
        rejectUnauthorized: false,
      });
      const late = setTimeout(() => asked.destroy(new Error(`no answer within ${this.patienceMs / 1000} s`)), this.patienceMs);
      const end = (sign: Sign): void => {
        clearTimeout(late);
        resolve(sign);
      };
      asked.once("response", (response) => {
        response.on("error", (reason) => end(silent(reason)));
        response.once("end", () => end({ sign: response.statusCode === 200 ? "ready" : "unready", reason: String(response.statusCode) }));
        response.resume();
      });
      asked.on("error", (reason) => end(silent(reason)));
      asked.end();
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function silent(reason: NodeJS.ErrnoException): Sign {
  return { sign: "silent", reason: reason.code ?? reason.message };
}
