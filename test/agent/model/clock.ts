import type { Random } from "./random";

interface Event {
  readonly at: number;
  readonly run: () => void;
}

/** Simulated time in seconds, and what happens when. */
export class Clock {
  now = 0;
  private events: Event[] = [];

  constructor(private readonly random: Random) {}

  after(seconds: number, run: () => void): void {
    const event = { at: this.now + seconds, run };
    let place = this.events.length;
    while (place > 0 && (this.events[place - 1]?.at ?? 0) < event.at) place--;
    this.events.splice(place, 0, event);
  }

  soon(low: number, high: number, run: () => void): void {
    this.after(this.random.between(low, high), run);
  }

  /** Runs the next event and all that follows from it at once; false when there is none. */
  async step(): Promise<boolean> {
    const event = this.events.pop();
    if (!event) return false;
    this.now = event.at;
    event.run();
    // Node runs a tick only when no promise is left to be settled.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    return true;
  }
}
