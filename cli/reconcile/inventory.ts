import type { Known } from "../../agent/cloud/cloud";
import type { Power } from "./seen";

/** Where machines have no groups: what is told of them, and how one is started. */
export interface Inventory {
  /** By UUID; one that is asked for and not in the answer is gone. */
  power(uuids: readonly string[]): Promise<Known<ReadonlyMap<string, Power>>>;
  start(uuid: string): Promise<Known<"started">>;
}
