import * as z from "zod";
import { port } from "../../constructs/spec/ports";
import type { Disk, Peer } from "../observation";
import { exchange } from "../store/exchange";
import { jsonOf } from "./data";

const peer = z.object({
  known: z.object({ number: z.int().min(1), token: z.string(), clusterId: z.string().optional() }).optional(),
  fenced: z.boolean(),
  diskless: z.boolean().optional(),
});

/** A seat whose machine is gone costs one look this much. */
const patienceMs = 1_000;

/** What an agent tells those of the other seats: the body of `/peer` on its health port. */
export function peerAnswer({ volume, marker, fence }: Disk): Peer {
  const known = marker === "garbage" ? undefined : marker?.known;
  return { ...(known ? { known } : {}), fenced: fence !== undefined, ...(volume === "missing" ? { diskless: true } : {}) };
}

/** The answers of other seats, by their names; who does not answer is left out. */
export async function askPeers(seats: readonly { readonly name: string; readonly address: string }[]): Promise<ReadonlyMap<string, Peer>> {
  const answers = await Promise.all(
    seats.map(async ({ name, address }): Promise<readonly [string, Peer] | undefined> => {
      const url = new URL(`http://${address}:${port.agentHealth}/peer`);
      const answer = await exchange({ method: "GET", url, patienceMs });
      const parsed = answer.kind === "answered" && answer.status === 200 ? peer.safeParse(jsonOf(answer.text)) : undefined;
      return parsed?.success ? [name, parsed.data as Peer] : undefined;
    }),
  );
  return new Map(answers.filter((answer) => answer !== undefined));
}
