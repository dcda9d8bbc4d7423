import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { assets } from "../../constructs/spec/assets.json";
import { clouds } from "../../lab/clouds";
import { cloudNames, type CloudName } from "../../lab/played-cloud";
import { firstMachines, planned, type Planned } from "../../lab/synthesized";
import { filesOf, isIgnition } from "../../lab/user-data";
import { loadEnvironment } from "../../stacks/environments";

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
  for (const { name, userData, values } of plan.groups.flatMap(firstMachines)) {
    Object.entries(filesOf(userData)).forEach(([path, text]) =>
      spread(`${name} ${path}`, path.endsWith(".json") ? JSON.parse(text) : text, places),
    );
    const parsed: unknown = isIgnition(userData) ? JSON.parse(userData) : parse(userData);
    spread(`${name} user-data`, parsed, places, (place) => place.endsWith(" source") || place.endsWith(" content"));
    spread(`${name} values`, { ...values, ...inUserData }, places);
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

/** Values that hold user-data, which are compared in full. */
const inUserData = { "guestinfo.ignition.config.data": "" };

/** What may differ on every cloud, and why. Nothing else, and nothing here that does not. */
const allowed: readonly (readonly [place: RegExp, why: string])[] = [
  [/^[\w-]+ \/etc\/coppice\/machine\.json runtime url$/, "the mirror"],
  [/^desired\/\w+ components [\w-]+ downloads [\w-]+ from (amd64|arm64) url$/, "the mirror"],
  [/^[\w-]+ \/etc\/coppice\/machine\.json runtime sha256$/, "a runtime that npm has packed"],
  [/^desired\/\w+ components [\w-]+ downloads [\w-]+ from amd64 sha256$/, "programs that the lab has built"],
  [/^desired\/\w+ kubernetes$/, "a patch of the same minor that can be built"],
  [/^desired\/\w+ components kube[\w-]+ downloads kube[\w-]+ (version|from arm64 sha256)$/, "that patch"],
  [/^desired\/\w+ timerFactor$/, "timers that nobody need wait for"],
  [/^desired\/\w+ components agent units coppice-late-deadline\.service text$/, "likewise"],
  [/^desired\/addons cni$/, "no CNI but the base's own"],
  [/^desired\/(master|worker) components kube-proxy /, "which then does what Cilium does in production"],
];

/** The authority of the stand-ins, in the two forms of user-data. */
const trustOfIgnition = [
  [/^[\w-]+ (user-data storage files )?\/etc\/ssl\/certs\/coppice-0\.pem( path| mode)?$/, "the authority of the stand-ins"],
  [/^[\w-]+ user-data systemd units coppice-loader\.service contents$/, "which the loader's unit takes into the system's bundle"],
] as const;
const trustOfCloudInit = [
  [/^[\w-]+ user-data ca_certs trusted 0$/, "the authority of the stand-ins"],
  [/^[\w-]+ \/etc\/systemd\/system\/coppice-loader\.service$/, "which the loader's unit takes into the system's bundle"],
] as const;

/** And on one. */
const allowedOf: Readonly<Record<CloudName, typeof allowed>> = {
  aws: trustOfIgnition,
  google: trustOfCloudInit,
  vsphere: [...trustOfIgnition, [/^desired\/\w+ components firewall files \/etc\/coppice\/firewall\.nft text$/, "no tunnel of a CNI"]],
};

test.each(cloudNames)("machines of the lab on %s read what those of production read, but for what is listed here", (name) => {
  const { reader, environment, production } = clouds[name];
  const labs = planned(reader, join(folder, `${name}-lab`), environment({ authority, seats: 3, workers: 3, builds, timerFactor: 0.1 }));
  const real = planned(reader, join(folder, name), loadEnvironment(production));
  const there = new Set(labs.groups.filter(({ size }) => size > 0).map(({ name }) => name));
  const found = difference(places({ ...real, groups: real.groups.filter(({ name }) => there.has(name)) }), places(labs));
  const all = [...allowed, ...allowedOf[name]];
  expect(found.filter((place) => !all.some(([pattern]) => pattern.test(place)))).toEqual([]);
  expect(all.filter(([pattern]) => !found.some((place) => pattern.test(place)))).toEqual([]);
});
