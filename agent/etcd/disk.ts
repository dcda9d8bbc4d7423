import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { epoch as epochSchema, vote as voteSchema } from "../../constructs/spec/store";
import type { Epoch, Vote } from "../../constructs/spec/store";
import type { Marker } from "../observation";
import { synced, type Place } from "../pki/place";
import { jsonOf } from "./data";

const identity = z.object({ number: z.int().min(1), token: z.string(), clusterId: z.string().optional() });
const markerSchema = z.object({
  cluster: z.string(),
  seat: z.string(),
  disk: z.string(),
  known: identity.optional(),
  joined: identity.optional(),
});

/** What a file system makes by itself, and what a killed agent may leave of the first file. */
const notOurs = /^(lost\+found|\.marker\.json\.new)$/;

/** What a seat keeps on its volume: the member's data, and beside them what says whose they are. */
export class SeatDisk {
  readonly data: string;
  readonly archived: string;
  /** Data that grow, of a restore or for a seed; never looked at by anybody else. */
  readonly restoring: string;
  readonly seeding: string;

  constructor(
    readonly folder: string,
    private readonly place: Place,
  ) {
    this.data = join(folder, "data");
    this.archived = join(folder, "archive");
    this.restoring = join(folder, "restoring");
    this.seeding = join(folder, "seeding");
  }

  marker(): Promise<Marker | "garbage" | undefined> {
    return this.read("marker.json", markerSchema) as Promise<Marker | "garbage" | undefined>;
  }

  fence(): Promise<Vote | "garbage" | undefined> {
    return this.read("fence.json", voteSchema);
  }

  epoch(): Promise<Epoch | "garbage" | undefined> {
    return this.read("epoch.json", epochSchema);
  }

  writeMarker(marker: Marker): Promise<void> {
    return this.write("marker.json", marker);
  }

  writeFence(vote: Vote): Promise<void> {
    return this.write("fence.json", vote);
  }

  writeEpoch(epoch: Epoch): Promise<void> {
    return this.write("epoch.json", epoch);
  }

  async removeFence(): Promise<void> {
    await rm(join(this.folder, "fence.json"), { force: true });
    await synced(this.folder);
  }

  /** Whether somebody has put something on a file system that no agent has marked. */
  async hasContent(): Promise<boolean> {
    return (await readdir(this.folder)).some((name) => !notOurs.test(name));
  }

  /** The data, aside; what was archived before goes. */
  async archive(): Promise<void> {
    if (!(await readdir(this.folder)).includes("data")) return;
    await rm(this.archived, { recursive: true, force: true });
    await rename(this.data, this.archived);
    await synced(this.folder);
  }

  /** What an agent left that was killed on the way. */
  async tidy(): Promise<void> {
    for (const folder of [this.restoring, this.seeding]) await rm(folder, { recursive: true, force: true });
  }

  private async read<T>(name: string, schema: z.ZodType<T>): Promise<T | "garbage" | undefined> {
    let text: string;
    try {
      text = await readFile(join(this.folder, name), "utf8");
    } catch (reason) {
      if ((reason as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw reason;
    }
    const parsed = schema.safeParse(jsonOf(text));
    return parsed.success ? parsed.data : "garbage";
  }

  private write(name: string, value: unknown): Promise<void> {
    return this.place.write({ path: join(this.folder, name), mode: "0600", owner: "root:root" }, `${JSON.stringify(value)}\n`);
  }
}
