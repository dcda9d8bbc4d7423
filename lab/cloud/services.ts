import type { Server } from "node:net";
import type { StoreFront } from "../store/moods";
import type { Remote } from "./channel";
import type { Instance, LabCalls, Start } from "./messages";

/** What only the metadata of one machine says, by path. */
export type Notices = ReadonlyMap<string, string>;

/** What a cloud knows of its machines. */
export interface Machines {
  /** By address. */
  readonly instances: ReadonlyMap<string, Instance>;
  /** By the id of an instance. */
  readonly notices: ReadonlyMap<string, Notices>;
}

export interface Service {
  readonly server: Server;
  readonly port: number;
  readonly address: string;
}

/** What machines of a cloud ask, beside its load balancer and the mirror. */
export interface Services {
  readonly store: StoreFront;
  readonly others: readonly Service[];
}

export type MakeServices = (start: Start, machines: Machines, lab: Remote<LabCalls>) => Services;
