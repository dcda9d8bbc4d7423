import { parseArgs } from "node:util";
import { Master } from "../api-proxy/master";
import { Probe } from "../api-proxy/readyz";
import { notify, watchdogEveryMs } from "../machine/systemd";
import { standsIn, steadyMs, wantsAddress } from "./holder";
import { ownLinks, type Link, type Links } from "./link";

const roundMs = 1_000;
/** Shorter than a round: a master that is slower than that is no better than one that is away. */
const patienceMs = 900;
/** Rounds between two announcements: whoever missed one, or heard one of another master, hears the next. */
const announceEvery = 10;

/**
 * `agent.js api-address --address=10.0.0.5 --masters=10.0.0.20:6443,10.0.0.21:6443`. Runs until its process is ended, and
 * then lets go of the address.
 * @throws Error when it cannot begin; systemd starts it again
 */
export async function apiAddress(args: string[]): Promise<never> {
  const { values } = parseArgs({ args, options: { address: { type: "string" }, masters: { type: "string" } } });
  if (values.address === undefined || values.masters === undefined) throw new Error("api-address needs --address and --masters");
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const round = new AddressRound(values.address, values.masters.split(","), say);
  process.once("SIGTERM", () => void round.leave().finally(() => process.exit(0)));
  setInterval(() => void notify("WATCHDOG=1"), watchdogEveryMs);
  for (;;) {
    const wait = new Promise((resolve) => setTimeout(resolve, roundMs));
    await round.step().catch((reason: unknown) => say(String(reason)));
    await wait;
  }
}

/** One look at all masters after the other, and what follows from it. */
export class AddressRound {
  private readonly masters: readonly { readonly master: Master; readonly probe: Probe }[];
  private readonly shared: Probe;
  private rounds = 0;
  private silent = 0;
  private standsInUntil = -Infinity;
  private left = false;

  constructor(
    private readonly address: string,
    masters: readonly string[],
    private readonly say: (line: string) => void,
    private readonly links: Links = ownLinks,
  ) {
    this.masters = masters.map((one) => {
      const [host = "", port = ""] = one.split(":");
      const master = new Master(host, Number(port), say);
      return { master, probe: new Probe(master, patienceMs) };
    });
    this.shared = new Probe({ host: address, port: this.masters[0]?.master.port ?? 0 }, patienceMs);
  }

  async step(): Promise<void> {
    const [there] = await Promise.all([
      this.shared.look(),
      ...this.masters.map(async ({ master, probe }) => master.see(await probe.look())),
    ]);
    const own = this.masters.findIndex(({ master }) => this.links.linkWith(master.host) !== undefined);
    const link = this.links.linkWith(this.masters[own]?.master.host ?? "");
    if (!link || this.left) return;
    const holds = this.links.linkWith(this.address) !== undefined;
    const now = performance.now();
    const masters = this.masters.map(({ master }) => ({ ready: master.state === "ready", readyMs: now - master.since }));
    const answered = there.sign === "ready";
    // While no master is ready, silence says nothing of the program that should have it.
    this.silent = answered || !masters.some(({ ready }) => ready) ? 0 : this.silent + 1;
    if (standsIn(masters, own, this.silent)) this.standsInUntil = now + steadyMs;
    const wants = wantsAddress({ masters, own, holds, answered }) || (masters[own]?.ready === true && now < this.standsInUntil);
    this.rounds = wants && holds ? this.rounds + 1 : 0;
    if (wants === holds) {
      if (wants && this.rounds % announceEvery < 2) await this.links.announce(link);
      return;
    }
    this.say(`${this.address} ${wants ? "is here now" : "goes to another master"}`);
    await (wants ? this.take(link) : this.links.removeAddress(this.address, link));
  }

  private async take(link: Link): Promise<void> {
    await this.links.addAddress(this.address, link);
    await this.links.announce(link);
  }

  async leave(): Promise<void> {
    this.left = true;
    const link = this.links.linkWith(this.address);
    if (link) await this.links.removeAddress(this.address, link);
  }
}
