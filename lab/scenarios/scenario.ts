import type { Line } from "../../measured/line";
import type { Cluster, Harm } from "./cluster";

/** What one fault showed. Seconds. */
export interface Row {
  readonly scenario: string;
  /** What is counted, from where to where. */
  readonly what: string;
  /** From the start of the machine until its agent answers; that of the run. */
  readonly floor?: number;
  /** From the fault until the replacement starts: the lab's own, no cloud's. */
  readonly detect?: number;
  /** From the start of the replacement until its agent answers. */
  readonly boot?: number;
  /** From there until it serves. */
  readonly join?: number;
  /** From the start of the replacement, or from the fault where there is none, until all of the cluster is whole. */
  readonly whole?: number;
  readonly harm?: Harm;
  /** Who had to do something by hand; by the design, nobody but where it says so. */
  readonly hands?: string;
}

export interface Outcome {
  readonly rows: readonly Row[];
  readonly lines: readonly Line[];
}

export interface Bench {
  readonly cluster: Cluster;
  /** The floor B: measured in this run, with all other machines there. */
  readonly floor: number;
  readonly timerFactor: number;
  readonly say: (text: string) => void;
}

export interface Scenario {
  readonly name: string;
  /** In a sentence. */
  readonly about: string;
  /** Begins and ends with a whole cluster. */
  readonly run: (bench: Bench) => Promise<Outcome>;
}
