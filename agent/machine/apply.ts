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

/** What could not be done yet, in a sentence each. */
export type Missing = readonly string[];

/** System services that read their files again only so. */
const rereads: Readonly<Record<string, readonly string[]>> = {
  "/etc/sysctl.d/": ["restart", "systemd-sysctl.service"],
  "/etc/modules-load.d/": ["restart", "systemd-modules-load.service"],
  "/etc/systemd/logind.conf.d/": ["try-restart", "systemd-logind.service"],
};

const isOneshot = ({ text }: { readonly text: string }): boolean => /^Type=oneshot$/m.test(text);

/** How many programs come at once: they share one connection to the world and one disk. */
const atOnce = 2;

/**
 * Brings a machine to a configuration. `settle` writes files, users, folders and units, each only where it differs; then
 * `start` brings the programs, component by component in their order, and starts each component that changed as soon as it is
 * complete. What an earlier configuration had and this one has not is stopped and removed. Safe to repeat after a crash at
 * any point: which components have changed is noted before anything does, and forgotten when they have started.
 */
export class Bringing {
  constructor(
    private readonly place: Place,
    private readonly depot: Depot,
    private readonly configuration: RoleConfiguration,
    private readonly run: Run = ran,
  ) {}

  async settle(): Promise<Missing> {
    const { components } = this.configuration;
    const before = await this.read();
    const differing = await Promise.all(
      components.flatMap((component) =>
        filesOf(component).map(async (file) => ((await this.place.holds(file, file.text)) ? [] : [{ ...file, component: component.name }])),
      ),
    );
    const wrong = differing.flat();
    const paths = components.flatMap(({ files }) => files.map(({ path }) => path));
    const units = components.flatMap((component) => component.units.map(({ name }) => name));
    const pending = [...new Set([...before.pending, ...wrong.map(({ component }) => component)])];
    await this.note({ files: [...new Set([...before.files, ...paths])], units: [...new Set([...before.units, ...units])], pending });
    for (const file of wrong) await this.place.write(file, file.text);
    const missing = await this.removeOld(before, paths, units);
    if (wrong.length > 0) missing.push(...(await this.tellSystem(wrong.map(({ path }) => path))));
    await this.note({ files: paths, units, pending });
    return missing;
  }

  /** Starts what `settle` or an earlier life of the agent has found changed, and what got another program. */
  async start(): Promise<Missing> {
    const { components } = this.configuration;
    const missing: string[] = [];
    const enabled = components.flatMap(({ units }) => units.filter(({ enable }) => enable).map(({ name }) => name));
    // For the next boot: what is there now starts below, by name.
    if (enabled.length > 0) missing.push(...(await this.systemctl("enable", "--no-reload", "--quiet", ...enabled)));
    const waiting = [...components];
    let started: Promise<unknown> = Promise.resolve();
    const work = async (): Promise<void> => {
      for (let component = waiting.shift(); component; component = waiting.shift()) {
        const before = started;
        const done = this.startOne(component, before);
        started = done;
        missing.push(...(await done));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return missing;
  }

  /** @param before that of the component before this one, which this one may need */
  private async startOne(component: Component, before: Promise<unknown>): Promise<Missing> {
    const done = await Promise.all(component.downloads.map((download) => install(this.depot, download)));
    await before;
    const missing = done.flatMap((one) => (one.kind === "missing" ? [one.reason] : []));
    const isNew = done.some(({ kind }) => kind === "installed");
    if (missing.length > 0 || !(isNew || (await this.read()).pending.includes(component.name))) return missing;
    const own = component.units.filter(({ enable }) => enable);
    // What a timer starts is there only now and then, and new the next time.
    const timed = new Set(own.filter(({ name }) => name.endsWith(".timer")).map(({ name }) => name.replace(/timer$/, "service")));
    const others = component.units.filter(({ enable, name }) => !enable && !timed.has(name));
    // One that ends has done its work before the next component begins: a firewall that comes up in the middle of a download
    // knows nothing of its connection, and drops what the other end sends until somebody gives up.
    const [ends, runs] = [own.filter(isOneshot), own.filter((unit) => !isOneshot(unit))].map((units) => units.map(({ name }) => name));
    if (ends?.length) missing.push(...(await this.systemctl("restart", ...ends)));
    if (runs?.length) missing.push(...(await this.systemctl("restart", "--no-block", ...runs)));
    if (others.length > 0) missing.push(...(await this.systemctl("try-restart", "--no-block", ...others.map(({ name }) => name))));
    if (missing.length === 0) await this.forget(component.name);
    return missing;
  }

  private async systemctl(...args: readonly string[]): Promise<string[]> {
    const done = await this.run("systemctl", args);
    return done.ok ? [] : [`systemctl ${args.join(" ")}: ${done.said}`];
  }

  private async removeOld(before: Applied, paths: readonly string[], units: readonly string[]): Promise<string[]> {
    const missing: string[] = [];
    for (const unit of before.units.filter((name) => !units.includes(name))) {
      missing.push(...(await this.systemctl("disable", "--now", unit)));
      await this.place.remove(`${unitFolder}/${unit}`);
    }
    for (const path of before.files.filter((one) => !paths.includes(one))) await this.place.remove(path);
    return missing;
  }

  private async tellSystem(paths: readonly string[]): Promise<string[]> {
    const steps = [
      ["systemd-sysusers"],
      ["systemd-tmpfiles", "--create"],
      ["systemctl", "daemon-reload"],
      ...Object.entries(rereads).flatMap(([folder, args]) =>
        paths.some((path) => path.startsWith(folder)) ? [["systemctl", ...args]] : [],
      ),
    ];
    const missing: string[] = [];
    for (const [program = "", ...args] of steps) {
      const done = await this.run(program, args);
      // tmpfiles also speaks of files that are none of ours.
      if (!done.ok && program !== "systemd-tmpfiles") missing.push(`${[program, ...args].join(" ")}: ${done.said}`);
    }
    return missing;
  }

  private async read(): Promise<Applied> {
    try {
      return appliedSchema.parse(JSON.parse((await this.place.read(appliedFile)) ?? ""));
    } catch {
      // A new machine, or half a note: everything is compared anyway.
      return nothing;
    }
  }

  private async note(applied: Applied): Promise<void> {
    await this.place.write({ path: appliedFile, mode: "0600", owner: "root:root" }, JSON.stringify(applied));
  }

  /** One after the other: two components may be done at once. */
  private forget(component: string): Promise<void> {
    this.noting = this.noting.then(async () => {
      const before = await this.read();
      await this.note({ ...before, pending: before.pending.filter((name) => name !== component) });
    });
    return this.noting;
  }

  private noting: Promise<void> = Promise.resolve();
}

function filesOf({ files, units }: Component) {
  const own = units.map(({ name, mode, text }) => ({ path: `${unitFolder}/${name}`, mode, owner: "root:root", text }));
  return [...files, ...own];
}
