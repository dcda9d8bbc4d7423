import type { Socket } from "node:net";
import type { Sign } from "./readyz";

/** So many bad signs in a row take a master out; one good sign takes it in. */
const badSigns = 2;

/**
 * One API server as the proxy sees it.
 *
 *   ready     new connections go here
 *   unready   it answers, and not with 200: it starts, drains, or has lost etcd. Also: not seen yet
 *   silent    it does not answer
 */
export class Master {
  state: Sign["sign"] = "unready";
  /** On the clock of the process, in milliseconds; the state has been this one since. */
  since = performance.now();
  readonly connections = new Set<Socket>();
  private bad = 0;
  private silences = 0;

  constructor(
    readonly host: string,
    readonly port: number,
    private readonly say: (line: string) => void,
  ) {}

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  see({ sign, reason }: Sign): void {
    this.bad = sign === "ready" ? 0 : this.bad + 1;
    this.silences = sign === "silent" ? this.silences + 1 : 0;
    const state = this.bad === 0 ? "ready" : this.silences >= badSigns ? "silent" : this.bad >= badSigns ? "unready" : this.state;
    if (state === this.state) return;
    this.state = state;
    this.since = performance.now();
    this.say(`${this.address} is ${state}${state === "ready" ? "" : `: ${reason}`}`);
  }

  /** Whether the last sign was a bad one. */
  get isDoubtful(): boolean {
    return this.bad > 0;
  }

  shed(): void {
    if (this.connections.size === 0) return;
    this.say(`${this.address} is ${this.state}: ${this.connections.size} connections closed, to go to another master`);
    for (const connection of this.connections) connection.destroy();
  }
}
