import { readFileSync } from "fs";
import { join } from "path";
import { googleScenarios } from "../../stacks/scenarios-google";
import { addresses, synthesizeCluster, type Block } from "../../stacks/terraform";
import type { ProviderSchema } from "../provider-schema";
import { at, of, pools, seats } from "./prod";

const group = (name: string): Block => at(`google_compute_instance_group_manager.${name}`);
const groups: [string, string[]][] = [...Object.entries(seats), ...pools.map(([pool, names]): [string, string[]] => [pool, [...names]])];
const check = (name: string): Block => at(`google_compute_health_check.${name}-health`);
/** Seconds until a group believes a signal that is false for all of them. */
const patience = (name: string): number => Number(check(name)["check_interval_sec"]) * Number(check(name)["unhealthy_threshold"]);

test.each(groups.flatMap(([, names]) => names))("of %s asks the agent whether replacing its machine would help", (name) => {
  expect(check(name)).toMatchObject({ http_health_check: { port: 2378, request_path: "/livez" }, unhealthy_threshold: 10 });
  expect(group(name)["auto_healing_policies"]).toEqual({
    health_check: `\${google_compute_health_check.${name}-health.id}`,
    initial_delay_sec: 1800,
  });
});

test("takes 10 minutes for one machine of a tier, and longer for each other one", () => {
  expect(groups.map(([, names]) => names.map(patience))).toEqual([
    [600, 1200, 1800],
    [900, 1500, 2100],
    ...pools.map(() => [750, 1350, 1950]),
  ]);
});

test("still differs with five seats, and with four zones", () => {
  const intervals = (name: string): unknown[] =>
    Object.entries(addresses(synthesizeCluster("golden", googleScenarios[name]?.environment)))
      .filter(([address]) => address.startsWith("google_compute_health_check."))
      .map(([address, block]) => `${address.split(".")[1]?.replace(/-health$/, "")} ${String(block["check_interval_sec"])}`);
  expect(intervals("five-seats").filter((one) => String(one).startsWith("etcd"))).toEqual([
    "etcd-0 60",
    "etcd-1 120",
    "etcd-2 180",
    "etcd-3 240",
    "etcd-4 300",
  ]);
  expect(intervals("four-zones").filter((one) => String(one).startsWith("workers"))).toEqual([
    "workers-general-a 75",
    "workers-general-b 135",
    "workers-general-c 195",
    "workers-general-f 255",
  ]);
});

test("is let through before the first machine is there", () => {
  for (const tier of ["etcd", "masters", "workers"])
    for (const range of ["35-191-0-0-16", "130-211-0-0-22"])
      expect(at(`google_compute_firewall.${tier}-from-${range}`)).toMatchObject({ allow: [{ protocol: "tcp", ports: ["2378"] }] });
  for (const [, one] of of("google_compute_instance_group_manager"))
    expect(one["depends_on"]).toEqual(
      expect.arrayContaining(["etcd", "masters", "workers"].map((tier) => `google_compute_firewall.${tier}-from-35-191-0-0-16`)),
    );
});

test("cannot be told to observe only, nor to move a machine: this provider has no such argument", () => {
  const schema = JSON.parse(readFileSync(join(__dirname, "../schemas/google.json"), "utf8")) as ProviderSchema;
  const policy = schema.resource_schemas["google_compute_instance_group_manager"]?.block_types?.["instance_lifecycle_policy"]?.block;
  expect([policy?.attributes, policy?.block_types].flatMap((known) => Object.keys(known ?? {})).sort()).toEqual([
    "default_action_on_failure",
    "force_update_on_repair",
  ]);
});
