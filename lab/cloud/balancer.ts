import { get } from "node:https";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { PlannedBalancer } from "../synthesized";

interface Target {
  readonly address: string;
  healthy: boolean;
  /** Checks in a row that say the opposite of `healthy`. */
  against: number;
  timer?: NodeJS.Timeout;
}

/** Waiting is made shorter by the factor; what a busy computer needs for an answer is not. */
const leastTimeoutSeconds = 2;

/**
 * A network load balancer: it passes connections on to targets whose health check is good, and to all of them when no
 * check is. Connections that are open stay with their target, whatever becomes of its health.
 */
export class Balancer {
  readonly servers: readonly Server[];
  private readonly targets = new Map<string, Target>();
  private turns = 0;

  /** @param timerFactor by what the time between two checks is multiplied */
  constructor(
    private readonly plan: Pick<PlannedBalancer, "addresses" | "port" | "health">,
    private readonly timerFactor: number,
  ) {
    this.servers = plan.addresses.map((own) => createServer({ allowHalfOpen: true }, (client) => this.pass(client, own)));
  }

  /** A machine that is new behind an address has to show that it is healthy. */
  register(address: string): void {
    this.deregister(address);
    const target: Target = { address, healthy: false, against: 0 };
    this.targets.set(address, target);
    this.check(target);
  }

  deregister(address: string): void {
    clearTimeout(this.targets.get(address)?.timer);
    this.targets.delete(address);
  }

  get healthy(): readonly string[] {
    return [...this.targets.values()].filter(({ healthy }) => healthy).map(({ address }) => address);
  }

  private pass(client: Socket, own: string): void {
    const all = this.healthy.length > 0 ? this.healthy : [...this.targets.keys()];
    const host = all[this.turns++ % all.length];
    if (host === undefined) return void client.resetAndDestroy();
    const target = connect({ host, port: this.plan.port, localAddress: own, allowHalfOpen: true });
    client.pipe(target);
    target.pipe(client);
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      one.once("error", () => other.resetAndDestroy());
      one.once("close", () => other.destroySoon());
    }
  }

  private check(target: Target): void {
    const { health, port, addresses } = this.plan;
    const every = health.intervalSeconds * 1000 * this.timerFactor;
    const ended = (good: boolean): void => {
      if (this.targets.get(target.address) !== target) return;
      target.against = good === target.healthy ? 0 : target.against + 1;
      if (target.against >= (good ? health.good : health.bad)) Object.assign(target, { healthy: good, against: 0 });
      target.timer = setTimeout(() => this.check(target), every);
    };
    // It looks at no certificate.
    const request = get({
      host: target.address,
      port,
      path: health.path,
      localAddress: addresses[0],
      rejectUnauthorized: false,
      agent: false,
      timeout: Math.max(health.timeoutSeconds * this.timerFactor, leastTimeoutSeconds) * 1000,
    });
    request.once("response", (response) => {
      response.resume();
      ended(response.statusCode === 200);
    });
    request.once("timeout", () => request.destroy(new Error("no answer")));
    request.once("error", () => ended(false));
  }
}
