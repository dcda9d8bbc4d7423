import type { Environment } from "../../terraform/find-program";
import type { Run } from "../run-folder";
import type { Bucket } from "./bucket";

/** The store of a cluster, before anything is in it. */
export interface RunningStore {
  /** What the front needs to reach it; handed to the process that plays the cloud. */
  readonly gateway: object;
  readonly bucket: Bucket;
}

/** What kind of store a cloud has. */
export interface StoreKind {
  /** @throws CannotRun when this computer lacks its program */
  require(env: Environment): string;
  start(place: StorePlace): Promise<RunningStore>;
}

export interface StorePlace {
  readonly run: Run;
  readonly env: Environment;
  readonly bucket: string;
  readonly region: string;
}
