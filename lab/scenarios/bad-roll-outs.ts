import { createHash } from "node:crypto";
import { exactly, reported, type Line } from "../../measured/line";
import type { RoleConfiguration } from "../../constructs/spec/role-configuration";
import { seatStatus } from "../../constructs/spec/store";
import { timing } from "../../agent/timing";
import { monotonic } from "../machine";
import type { Cluster } from "./cluster";
import { atAnyTime, desire, follow, keeping, recordOf, withComponent, type Followed } from "./rolling";
import type { Bench, Outcome, Scenario } from "./scenario";

/** Besides the time that a candidate has: looks of the agents, the permit, and two restarts. */
const besideSeconds = 120;

const badConfiguration: Scenario = {
  name: "bad-configuration",
  about: "a configuration of etcd with a flag that there is none of is wanted: one machine tries it and goes back, and nothing moves",
  run: (bench) =>
    rolledBack(bench, "bad-configuration", ({ cluster }) =>
      desire(cluster, "etcd", (configuration) =>
        withComponent(configuration, "etcd", (component) => ({
          ...component,
          units: component.units.map((unit) => ({ ...unit, text: unit.text.replace("--logger=zap", "--logger=zap --no-such-flag=1") })),
        })),
      ),
    ),
};

/** What every machine of a role would end with, three times, before it asks anybody anything. */
const throws = `throw new Error("an agent of the lab that does not come up");\n`;

const badAgent: Scenario = {
  name: "bad-agent",
  about: "an agent that throws at its start is wanted on etcd: one machine tries it, gets the one before it back, and nothing moves",
  run: (bench) =>
    rolledBack(bench, "bad-agent", async ({ cluster }) => {
      const sha256 = createHash("sha256").update(throws).digest("hex");
      await cluster.lab.bucket.put("desired/agent", JSON.stringify({ sha256, bundle: Buffer.from(throws).toString("base64") }));
      return desire(cluster, "etcd", (configuration): RoleConfiguration => ({ ...configuration, agent: sha256 }));
    }),
};

/** Wants something bad of etcd, and follows it until it is failed on record and the machine is back. */
async function rolledBack(bench: Bench, name: string, want: (bench: Bench) => Promise<string>): Promise<Outcome> {
  const { cluster, timerFactor, floor } = bench;
  const seconds = timing.candidate * timerFactor + besideSeconds;
  const { result, harm } = await cluster.during(() =>
    keeping(cluster, ["desired/etcd", "desired/agent"], async () => {
      const started = monotonic();
      const good = (await recordOf(cluster, "etcd"))?.good;
      const [candidate, followed] = await atAnyTime(
        cluster,
        async () =>
          [await want(bench), await follow(cluster, ["etcd"], (records) => records.get("etcd")?.state === "failed", seconds)] as const,
      );
      const failed = (followed.records.at(-1)?.at ?? 0) - started;
      await cluster.whole(seconds);
      await reporting(cluster, good ?? "", seconds);
      const whole = monotonic() - started;
      // Long enough for the next machine to be named, were there one.
      await new Promise((resolve) => setTimeout(resolve, 2 * timing.healthy * timerFactor * 1000));
      const after = await recordOf(cluster, "etcd");
      const held = after?.state === "failed" && after.good === good && after.candidate === candidate;
      return { followed, failed, whole, held, named: namedIn(followed, candidate) };
    }),
  );
  await follow(cluster, ["etcd"], (records) => records.get("etcd")?.state === "whole", besideSeconds);
  await cluster.whole(60);
  const { followed, failed, whole, held, named } = result;
  const lines: Line[] = [
    exactly(`${name}: machines that were named for it`, named.length, "machines", 1),
    exactly(`${name}: the halt is on record, and stays`, held ? 1 : 0, "records", 1),
    exactly(`${name}: machines of the control plane down at once`, followed.downAtOnce, "machines", downOf(name)),
    exactly(`${name}: acknowledged writes lost`, harm.lost, "writes", 0),
    reported(`${name}: until it is failed on record`, failed, "s"),
  ];
  return { rows: [{ scenario: name, what: "wanted → every member votes on the good one again", floor, whole, harm }], lines };
}

/** A member that does not start is down; one whose agent does not start votes on. */
const downOf = (name: string): number => (name === "bad-agent" ? 0 : 1);

function namedIn({ records }: Followed, candidate: string): readonly string[] {
  const named = records.flatMap(({ rollout }) => (rollout.candidate === candidate ? (rollout.machine ?? []) : []));
  return [...new Set(named)];
}

/** Waits until every seat of etcd says that it runs a configuration. */
async function reporting(cluster: Cluster, configuration: string, seconds: number): Promise<void> {
  for (const end = monotonic() + seconds; ;) {
    const said = await Promise.all(cluster.names("etcd").map(async (seat) => (await cluster.lab.bucket.get(`seats/${seat}`)) ?? "{}"));
    if (said.every((text) => seatStatus.safeParse(JSON.parse(text)).data?.configuration === configuration)) return;
    if (monotonic() > end) throw new Error(`not every seat of etcd reports ${configuration} within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export const badRollOuts: readonly Scenario[] = [badConfiguration, badAgent];
