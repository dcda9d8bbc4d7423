import { exchange, said, type Answer, type Ask, type Patience } from "./exchange";

/** Where a client takes what it signs or shows; asked before every request. Throws when there is nothing valid. */
export interface Credentials<T> {
  current(): Promise<T>;
  /** The store called the last ones expired. */
  drop(): void;
}

/** A request with credentials; without them there is no answer. */
export async function exchangeAs<T>(
  credentials: Credentials<T>,
  wait: Patience,
  ask: Omit<Ask, "patienceMs" | "headers">,
  headers: (value: T) => Readonly<Record<string, string>>,
): Promise<Answer> {
  let value: T;
  try {
    value = await credentials.current();
  } catch (reason) {
    return { kind: "unanswered", reason: `no credentials: ${said(reason)}` };
  }
  const isFile = ask.from !== undefined || ask.into !== undefined;
  return exchange({ ...ask, headers: headers(value), patienceMs: isFile ? wait.idleMs : wait.answerMs });
}

/** Before the end of what is valid: the metadata of both clouds hands out fresh ones at least this early. */
const earlyMs = 4 * 60_000;
/** After a failed renewal, before the next one: the old ones still work. */
const againMs = 10_000;

/** Credentials for a time: renewed before it ends, and kept to its end when renewing fails. Times are on a clock that is never set back. */
export class TemporaryCredentials<T> implements Credentials<T> {
  private held?: { readonly value: T; readonly until: number };
  private renewing: Promise<T> | undefined;
  private notBefore = 0;

  constructor(
    private readonly fetch: () => Promise<{ readonly value: T; readonly validMs: number }>,
    private readonly monotonic: () => number = () => performance.now(),
  ) {}

  async current(): Promise<T> {
    const now = this.monotonic();
    if (this.held && now < this.held.until && (now < this.held.until - earlyMs || now < this.notBefore)) return this.held.value;
    this.renewing ??= this.renew().finally(() => (this.renewing = undefined));
    try {
      return await this.renewing;
    } catch (reason) {
      this.notBefore = this.monotonic() + againMs;
      if (this.held && this.monotonic() < this.held.until) return this.held.value;
      throw reason;
    }
  }

  drop(): void {
    delete this.held;
  }

  private async renew(): Promise<T> {
    const asked = this.monotonic();
    const { value, validMs } = await this.fetch();
    this.held = { value, until: asked + validMs };
    return value;
  }
}
