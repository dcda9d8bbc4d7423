import { writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { emulatedFile } from "../emulated-file";
import type { Environment } from "../../terraform/find-program";
import { goPrograms } from "../go-programs";
import type { Inventory } from "../inventory";
import { startLeashed } from "../leashed";
import type { World } from "./world";

/** A vCenter in memory. */
export interface Vcenter {
  /** `127.0.0.1:40123` */
  readonly server: string;
  /** PEM; clients that ask for trust may have it. */
  readonly certificate: string;
  inventory(): Promise<Inventory>;
  machines(): Promise<readonly SimulatedMachine[]>;
  /** Disks by their paths; a disk that was made anew at the same path says something else. */
  disks(): Promise<Readonly<Record<string, string>>>;
  /** What a person with the vSphere client can do to a machine, by its path: `/dc-1/vm/coppice-prod/prod-etcd-0`. */
  harm(fault: Fault, machine: string): Promise<void>;
  /** Deletes a disk that may be in use: `[ssd-a] coppice-prod/prod-etcd-0.vmdk`. */
  deleteFile(path: string): Promise<void>;
  log(): string;
  stop(): Promise<void>;
}

export interface SimulatedMachine {
  /** `/dc-1/vm/coppice-prod/prod-etcd-0` */
  readonly path: string;
  readonly uuid: string;
  readonly on: boolean;
  /** Paths of its disks, `[ssd-a] coppice-prod/prod-etcd-0.vmdk`; whether they are there, the datastores say. */
  readonly disks: readonly string[];
}

/** `delete` detaches the disks of data first, `destroy` deletes them too. */
export type Fault = "power-off" | "delete" | "destroy";

/** The program that is the vCenter, built on first use. @throws CannotRun */
export function findVcenter(env: Environment, say: (text: string) => void = console.error): string {
  const source = emulatedFile("vsphere", "vcsim");
  return join(goPrograms({ name: "vcsim", source, flags: ["-ldflags", "-s -w"] }, env, say), "vcenter");
}

export async function startVcenter(program: string, world: World, folder: string): Promise<Vcenter> {
  const worldFile = join(folder, "vcenter.json");
  writeFileSync(worldFile, JSON.stringify(world));
  const { ready, log, stop } = await startLeashed<{ port: number; certificate: string }>(
    program,
    ["--world", worldFile],
    join(folder, "vcenter.log"),
  );
  const server = `127.0.0.1:${ready.port}`;
  const call = (method: string, path: string) => ask(method, new URL(`https://${server}/coppice/${path}`), ready.certificate);
  return {
    server,
    certificate: ready.certificate,
    inventory: async () => JSON.parse(await call("GET", "inventory")) as Inventory,
    machines: async () => JSON.parse(await call("GET", "machines")) as readonly SimulatedMachine[],
    disks: async () => JSON.parse(await call("GET", "disks")) as Readonly<Record<string, string>>,
    async harm(fault, machine) {
      await call("POST", `${fault}?${String(new URLSearchParams({ machine }))}`);
    },
    async deleteFile(path) {
      await call("POST", `delete-file?${String(new URLSearchParams({ path }))}`);
    },
    log,
    stop,
  };
}

/** By hand: `fetch` takes no certificate authority of its own. */
async function ask(method: string, url: URL, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, ca }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`${method} ${url.pathname}${url.search}: ${answer.statusCode} ${text.trim()}`));
      });
    });
    asked.on("error", reject).end();
  });
}
