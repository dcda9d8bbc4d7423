import { Storage } from "@google-cloud/storage";
import { seatTag } from "../../constructs/spec/tag-names";
import { retiredTag, type Shelf } from "./shelf";

/** One request to Compute Engine's API as the caller; throws with Google's own reason. */
export type Request = (url: string, body?: unknown) => Promise<unknown>;

interface Disk {
  readonly labels?: Readonly<Record<string, string>>;
  readonly labelFingerprint: string;
}

/** The seat's group takes it out of the machine, as its configuration names another one then. */
export function googleShelf(request: Request = asCaller): Shelf {
  return {
    async putAside({ self_link: link }) {
      const url = String(link);
      try {
        const { labels = {}, labelFingerprint } = (await request(url)) as Disk;
        const { [seatTag]: seat = "", ...others } = labels;
        // https://cloud.google.com/compute/docs/reference/rest/v1/disks/setLabels
        await request(`${url}/setLabels`, { labels: { ...others, [retiredTag]: seat }, labelFingerprint });
        return { kind: "known", value: "put aside" };
      } catch (reason) {
        return { kind: "unknown", reason: reason instanceof Error ? reason.message : String(reason) };
      }
    },
  };
}

async function asCaller(url: string, body?: unknown): Promise<unknown> {
  const { authClient } = new Storage();
  const { data } = await authClient.request({
    url,
    method: body === undefined ? "GET" : "POST",
    ...(body !== undefined && { data: body }),
  });
  return data;
}
