import { readdirSync, openSync, writeSync, closeSync, statSync, writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { atMost, exactly } from "../../measured/line";
import { opened } from "../disk";
import type { Volume } from "../volumes";
import { followed, replaceAfter } from "./replaced";
import type { Bench, Outcome, Scenario } from "./scenario";

/** Beside the floor, for a member that begins with nothing. */
const emptySeconds = 9;

const corrupt: Scenario = {
  name: "corrupt-data",
  about: "the log of a member has wrong bytes in its middle when its machine comes back",
  async run({ cluster, floor }: Bench): Promise<Outcome> {
    const seat = cluster.names("etcd").at(-1) ?? "";
    const { result, harm } = await cluster.during(async () => {
      const { machine, dead } = await replaceAfter(cluster, seat, (volume) =>
        opened(volume.disk, (folder) => {
          const logs = join(folder, "data/member/wal");
          const file = join(
            logs,
            readdirSync(logs)
              .filter((name) => name.endsWith(".wal"))
              .sort()
              .at(-1) ?? "",
          );
          const handle = openSync(file, "r+");
          // Far from the end, where a power cut would tear: nothing but a broken disk writes here.
          writeSync(handle, Buffer.alloc(64, 0xff), 0, 64, Math.min(4_096, statSync(file).size / 2));
          closeSync(handle);
        }),
      );
      return followed(cluster, machine, dead, { kind: "voter", address: cluster.addressOf(seat) });
    });
    await cluster.whole(60);
    return {
      rows: [
        {
          scenario: "corrupt-data",
          what: `${seat}: machine starts → its member votes, replaced`,
          floor,
          ...result,
          whole: result.total,
          harm,
        },
      ],
      lines: [
        atMost(`corrupt-data: until the member votes, B + ${emptySeconds} s`, result.total, "s", floor + emptySeconds),
        exactly("corrupt-data: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

const zombie: Scenario = {
  name: "zombie",
  about: "the old disk of a seat comes back after the seat has joined with another one",
  async run({ cluster, floor }: Bench): Promise<Outcome> {
    const { volumes } = cluster.lab;
    const seat = cluster.names("etcd").at(-1) ?? "";
    const votes = { kind: "voter", address: cluster.addressOf(seat) } as const;
    const { result, harm } = await cluster.during(async () => {
      let old: Volume | undefined;
      const first = await replaceAfter(cluster, seat, async () => void (old = volumes.lose(seat)));
      await followed(cluster, first.machine, first.dead, votes);
      const second = await replaceAfter(cluster, seat, async () => old && volumes.putBack(old));
      return followed(cluster, second.machine, second.dead, votes);
    });
    await cluster.whole(60);
    return {
      rows: [
        {
          scenario: "zombie",
          what: `${seat}: machine with the old disk starts → its member votes, replaced`,
          floor,
          ...result,
          whole: result.total,
          harm,
        },
      ],
      lines: [
        atMost(`zombie: until the member votes, B + ${emptySeconds} s`, result.total, "s", floor + emptySeconds),
        exactly("zombie: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

/** What is not this seat's is never touched: the machine says what a person must do, and waits. */
const foreign: Scenario = {
  name: "foreign-disk",
  about: "the disk of another cluster is attached to a seat: it is left as it is, and a person is told",
  async run({ cluster }: Bench): Promise<Outcome> {
    const { bucket } = cluster.lab;
    const seat = cluster.names("etcd").at(-1) ?? "";
    const marker = (folder: string): string => join(folder, "marker.json");
    let own = "";
    let left = "";
    const { harm } = await cluster.during(async () => {
      await replaceAfter(cluster, seat, (volume) =>
        opened(volume.disk, (folder) => {
          own = readFileSync(marker(folder), "utf8");
          writeFileSync(marker(folder), own.replace(/"cluster":"[^"]*"/, '"cluster":"another"'));
        }),
      );
      for (let tries = 0; ; tries += 1) {
        const status = JSON.parse((await bucket.get(`seats/${seat}`)) ?? "{}") as { phase?: string; message?: string };
        if (status.phase === "halt") {
          left = status.message ?? "";
          break;
        }
        if (tries > 120) throw new Error(`${seat} does not halt: ${JSON.stringify(status)}`);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    });
    // The person: puts the right volume in place.
    await replaceAfter(cluster, seat, (volume) => opened(volume.disk, (folder) => writeFileSync(marker(folder), own)));
    await cluster.whole(120);
    return {
      rows: [{ scenario: "foreign-disk", what: `${seat} says: ${left}`, harm, hands: "a person attaches the right volume" }],
      lines: [
        exactly("foreign-disk: seats that halted with a sentence for people", left === "" ? 0 : 1, "seats", 1),
        exactly("foreign-disk: acknowledged writes lost", harm.lost, "writes", 0),
      ],
    };
  },
};

export const disks: readonly Scenario[] = [corrupt, zombie, foreign];
