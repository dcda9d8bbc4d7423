import type { Cloud, Instance, Known } from "../../../agent/cloud/cloud";
import { bears } from "../../../agent/kubernetes/verdict";

/** A cloud that knows machines, and is asked about nothing else. */
export class FakeCloud implements Cloud {
  readonly goes = "by power";
  readonly drainSeconds = 90;
  machines: Instance[] = [];
  /** Why it does not answer. */
  away: string | undefined;

  instance(named: string): Promise<Known<Instance | undefined>> {
    if (this.away !== undefined) return Promise.resolve({ kind: "unknown", reason: this.away });
    return Promise.resolve({ kind: "known", value: this.machines.find((one) => one.id === named || bears(one, named)) });
  }

  self = (): never => unasked();
  seatVolume = (): never => unasked();
  interruption = (): never => unasked();
}

function unasked(): never {
  throw new Error("nobody asks this here");
}
