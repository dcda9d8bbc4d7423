import type { MachineIdentity } from "../../constructs/spec/store";
import type { Depot } from "../artifacts";
import type { Cloud } from "../cloud/cloud";
import { openCloud } from "../cloud/open";
import { Place } from "../pki/place";
import type { FileStore } from "../store/files";
import { Objects } from "../store/objects";
import { openStore } from "../store/open";
import type { Store } from "../store/store";
import type { Timing } from "../timing";
import type { Configured } from "./configuration";
import type { Health } from "./health";
import { readBootId } from "./identity";
import { depotFolder } from "./paths";

/** What every part of the agent on a machine is given. */
export interface Machine {
  readonly identity: MachineIdentity;
  readonly bootId: string;
  readonly cloud: Cloud;
  readonly store: Store & FileStore;
  readonly objects: Objects;
  readonly place: Place;
  readonly depot: Depot;
  readonly health: Health;
}

/** A machine that knows what it is to run. */
export interface Configuring extends Machine {
  readonly configured: Configured;
  /** Digest of the wanted configuration, where the agent that it names did not come up here: this is the configuration before it. */
  readonly fellBack: string | undefined;
  readonly times: Timing;
  /** Resolves when all programs of the configuration are there, and what runs at boot was started. */
  readonly programs: Promise<void>;
  /** Name of the seat, or id of the instance: what a roll-out calls this machine. */
  readonly name: string;
  /** Id of the instance. */
  readonly instance: string;
  readonly address: string;
  readonly hostname: string;
  readonly providerId: string;
}

export async function openMachine(identity: MachineIdentity, health: Health): Promise<Machine> {
  const store = openStore(identity);
  const objects = new Objects(store, () => performance.now());
  return {
    identity,
    bootId: await readBootId(),
    cloud: openCloud(identity, objects),
    store,
    objects,
    place: new Place(),
    depot: { store, folder: depotFolder, architecture: process.arch === "arm64" ? "arm64" : "amd64" },
    health,
  };
}
