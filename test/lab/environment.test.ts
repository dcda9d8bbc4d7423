import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assets } from "../../constructs/spec/assets.json";
import { environment as production } from "../../environments/prod-aws";
import { labEnvironment } from "../../lab/environment";
import { firstMachines, planned, type Planned } from "../../lab/synthesized";
import { filesOf } from "../../lab/user-data";

jest.setTimeout(60_000);

const authority = "-----BEGIN CERTIFICATE-----\nTEFC\n-----END CERTIFICATE-----\n";
/** As if the lab had built all that it could. */
const builds = Object.fromEntries(assets.filter(({ arch }) => arch === "amd64").map(({ url }) => [url, "1".repeat(64)]));

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "lab-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All that machines read, by place: `etcd-0 /etc/coppice/machine.json runtime.url`, `desired/worker components.3.units.0.text`. */
function places(plan: Planned): Map<string, unknown> {
  const places = new Map<string, unknown>();
  for (const { name, userData } of plan.groups.flatMap(firstMachines)) {
    Object.entries(filesOf(userData)).forEach(([path, text]) =>
      spread(`${name} ${path}`, path.endsWith(".json") ? JSON.parse(text) : text, places),
    );
    spread(`${name} user-data`, JSON.parse(userData) as unknown, places, (place) => place.endsWith(" source"));
  }
  Object.entries(plan.objects).forEach(([key, text]) => spread(key, JSON.parse(text) as unknown, places));
  return places;
}

function spread(place: string, value: unknown, into: Map<string, unknown>, skip: (place: string) => boolean = () => false): void {
  if (skip(place)) return;
  if (typeof value !== "object" || value === null) into.set(place, value);
  else Object.entries(value).forEach(([key, one]) => spread(`${place} ${nameOf(one) ?? key}`, one, into, skip));
}

/** What a member of a list is called; its number would change with those before it. */
function nameOf(member: unknown): string | undefined {
  const { path, name } = (typeof member === "object" && member !== null ? member : {}) as { path?: string; name?: string };
  return path ?? name;
}

function difference(a: Map<string, unknown>, b: Map<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((place) => a.get(place) !== b.get(place)).sort();
}

/** What may differ, and why. Nothing else, and nothing here that does not. */
const allowed: readonly (readonly [place: RegExp, why: string])[] = [
  [/^[\w-]+ \/etc\/coppice\/machine\.json runtime url$/, "the mirror"],
  [/^desired\/\w+ components [\w-]+ downloads [\w-]+ from (amd64|arm64) url$/, "the mirror"],
  [/^[\w-]+ \/etc\/coppice\/machine\.json runtime sha256$/, "a runtime that npm has packed"],
  [/^desired\/\w+ components [\w-]+ downloads [\w-]+ from amd64 sha256$/, "programs that the lab has built"],
  [/^desired\/\w+ kubernetes$/, "a patch of the same minor that can be built"],
  [/^desired\/\w+ components kube[\w-]+ downloads kube[\w-]+ (version|from arm64 sha256)$/, "that patch"],
  [/^desired\/\w+ timerFactor$/, "timers that nobody need wait for"],
  [/^desired\/\w+ components agent units coppice-late-deadline\.service text$/, "likewise"],
  [/^[\w-]+ (user-data storage files )?\/etc\/ssl\/certs\/coppice-0\.pem( path| mode)?$/, "the authority of the stand-ins"],
  [/^[\w-]+ user-data systemd units coppice-loader\.service contents$/, "which the loader's unit takes into the system's bundle"],
  [/^desired\/addons cni$/, "no CNI but the base's own"],
  [/^desired\/(master|worker) components kube-proxy /, "which then does what Cilium does in production"],
];

test("machines of the lab read what those of production read, but for what is listed here", () => {
  const labs = planned(join(folder, "lab"), labEnvironment({ authority, seats: 3, workers: 3, builds, timerFactor: 0.1 }));
  const real = planned(join(folder, "production"), production);
  const there = new Set(labs.groups.filter(({ size }) => size > 0).map(({ name }) => name));
  const found = difference(places({ ...real, groups: real.groups.filter(({ name }) => there.has(name)) }), places(labs));
  const unexpected = found.filter((place) => !allowed.some(([pattern]) => pattern.test(place)));
  expect(unexpected).toEqual([]);
  expect(allowed.filter(([pattern]) => !found.some((place) => pattern.test(place)))).toEqual([]);
});
