import * as z from "zod";
import type { Component, RoleConfiguration } from "../../constructs/spec/role-configuration";
import type { Depot } from "../artifacts";
import { install } from "../installations";
import type { Place } from "../pki/place";
import { appliedFile, unitFolder } from "./paths";
import { ran, type Run } from "./systemd";

/** What an earlier configuration has left on this machine. */
const appliedSchema = z.strictObject({ files: z.array(z.string()), units: z.array(z.string()), pending: z.array(z.string()) });
type Applied = z.output<typeof appliedSchema>;
const nothing: Applied = { files: [], units: [], pending: [] };

export interface Outcome {
  /** Components that changed, so that what they run has to start again. */
  readonly changed: readonly string[];
  /** What could not be done yet. */
  readonly missing: readonly string[];
}

/** System services that read their files again only so. */
const rereads: Readonly<Record<string, readonly string[]>> = {
  "/etc/sysctl.d/": ["restart", "systemd-sysctl.service"],
  "/etc/modules-load.d/": ["restart", "systemd-modules-load.service"],
  "/etc/systemd/logind.conf.d/": ["try-restart", "systemd-logind.service"],
};

/**
 * Brings the machine to a configuration: files, users, folders, programs, units, in this order, each only where it differs.
 * What an earlier configuration had and this one has not is stopped and removed. Safe to repeat after a crash at any point:
 * the note of what has changed and was not restarted yet is written before anything is.
 */
export async function apply(place: Place, depot: Depot, { components }: RoleConfiguration, run: Run = ran): Promise<Outcome> {
  const before = await readApplied(place);
  const files = components.flatMap((component) => component.files.map((file) => ({ ...file, component: component.name })));
  const units = components.flatMap((component) =>
    component.units.map((unit) => ({
      path: `${unitFolder}/${unit.name}`,
      mode: unit.mode,
      owner: "root:root",
      text: unit.text,
      component: component.name,
    })),
  );
  const differing = await Promise.all([...files, ...units].map(async (file) => ((await place.holds(file, file.text)) ? [] : [file])));
  const wrong = differing.flat();
  const pending = new Set([...before.pending, ...wrong.map(({ component }) => component)]);
  const now: Applied = { files: files.map(({ path }) => path), units: components.flatMap(unitNames), pending: [...pending] };
  await note(place, { ...now, files: [...new Set([...before.files, ...now.files])], units: [...new Set([...before.units, ...now.units])] });

  for (const file of wrong) await place.write(file, file.text);
  const missing = await removeOld(place, run, before, now);
  if (wrong.length > 0)
    missing.push(
      ...(await settleSystem(
        run,
        wrong.map(({ path }) => path),
      )),
    );
  const downloads = components.flatMap((component) => component.downloads.map((download) => ({ component: component.name, download })));
  await Promise.all(
    downloads.map(async ({ component, download }) => {
      const done = await install(depot, download);
      if (done.kind === "installed") pending.add(component);
      if (done.kind === "missing") missing.push(done.reason);
    }),
  );
  await note(place, { ...now, pending: [...pending] });
  return { changed: [...pending], missing };
}

/** Enables what starts at boot, and starts what changed. Nothing is waited for: units wait for their own files. */
export async function restart(
  place: Place,
  { components }: RoleConfiguration,
  changed: readonly string[],
  run: Run = ran,
): Promise<readonly string[]> {
  const failed: string[] = [];
  const enabled = components.flatMap(({ units }) => units.filter(({ enable }) => enable).map(({ name }) => name));
  const tell = async (...args: readonly string[]): Promise<void> => {
    const done = await run("systemctl", args);
    if (!done.ok) failed.push(`systemctl ${args.join(" ")}: ${done.said}`);
  };
  if (enabled.length > 0) await tell("enable", "--quiet", ...enabled);
  for (const component of components.filter(({ name }) => changed.includes(name))) {
    const [own, others] = [component.units.filter(({ enable }) => enable), component.units.filter(({ enable }) => !enable)];
    if (own.length > 0) await tell("restart", "--no-block", ...own.map(({ name }) => name));
    if (others.length > 0) await tell("try-restart", "--no-block", ...others.map(({ name }) => name));
  }
  if (failed.length === 0) await note(place, { ...(await readApplied(place)), pending: [] });
  return failed;
}

async function removeOld(place: Place, run: Run, before: Applied, now: Applied): Promise<string[]> {
  const missing: string[] = [];
  for (const unit of before.units.filter((name) => !now.units.includes(name))) {
    const done = await run("systemctl", ["disable", "--now", unit]);
    if (!done.ok) missing.push(`${unit}: ${done.said}`);
    await place.remove(`${unitFolder}/${unit}`);
  }
  for (const path of before.files.filter((one) => !now.files.includes(one))) await place.remove(path);
  return missing;
}

async function settleSystem(run: Run, paths: readonly string[]): Promise<string[]> {
  const steps = [
    ["systemd-sysusers"],
    ["systemd-tmpfiles", "--create"],
    ["systemctl", "daemon-reload"],
    ...Object.entries(rereads).flatMap(([folder, args]) => (paths.some((path) => path.startsWith(folder)) ? [["systemctl", ...args]] : [])),
  ];
  const missing: string[] = [];
  for (const [program = "", ...args] of steps) {
    const done = await run(program, args);
    // tmpfiles also speaks of files that are none of ours.
    if (!done.ok && program !== "systemd-tmpfiles") missing.push(`${[program, ...args].join(" ")}: ${done.said}`);
  }
  return missing;
}

async function readApplied(place: Place): Promise<Applied> {
  try {
    return appliedSchema.parse(JSON.parse((await place.read(appliedFile)) ?? ""));
  } catch {
    // A new machine, or half a note: everything is compared anyway.
    return nothing;
  }
}

async function note(place: Place, applied: Applied): Promise<void> {
  await place.write({ path: appliedFile, mode: "0600", owner: "root:root" }, JSON.stringify(applied));
}

const unitNames = ({ units }: Component): string[] => units.map(({ name }) => name);
