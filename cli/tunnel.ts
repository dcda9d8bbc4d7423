import { spawn, spawnSync } from "node:child_process";
import { byCloud } from "../constructs/spec/by-cloud";
import { port } from "../constructs/spec/ports";
import type { Cluster } from "./cluster";
import { kubeconfigPath } from "./kubeconfig";
import { awsTunnel } from "./tunnel-aws";
import { googleTunnel } from "./tunnel-google";
import { vsphereWay } from "./tunnel-vsphere";

/** A way from this computer into the network of a cluster. */
export interface Tunnel {
  readonly command: readonly string[];
  /** What must be there to run it: a program, and where it comes from. */
  readonly needs: readonly { readonly program: string; readonly from: string }[];
  /** `master-0 (i-0123456789abcdef0)` */
  readonly through: string;
}

/** Where no tunnel is needed, or there is none: the API as it is reached from its own network. */
export interface Direct {
  readonly server: string;
  readonly through: string;
}

export interface TunnelOptions {
  /** Of this computer. @default that of the API */
  readonly localPort?: number | undefined;
  /** A master by its seat. @default the first one that is running */
  readonly through?: string | undefined;
  /** Shows the command, and does not run it. */
  readonly print: boolean;
  readonly say: (line: string) => void;
}

/**
 * Opens a port of this computer that leads to the API, until it is interrupted.
 * @returns the exit code of what was run
 * @throws Error that says what is missing
 */
export async function tunnel(cluster: Cluster, { localPort = port.api, through, print, say }: TunnelOptions): Promise<number> {
  const way = await wayTo(cluster, localPort, through);
  if ("server" in way) {
    say(`there is no tunnel: the API is reached directly, through ${way.through}`);
    say(`  npx coppice kubeconfig ${cluster.environment} --server ${way.server}`);
    return 0;
  }
  if (print) {
    say(way.command.map(quoted).join(" "));
    return 0;
  }
  for (const { program, from } of way.needs) {
    if (spawnSync(program, ["--version"], { stdio: "ignore", env: process.env }).error)
      throw new Error(`${program} is not on PATH: ${from}`);
  }
  say(`through ${way.through}; in another terminal:`);
  say(`  npx coppice kubeconfig ${cluster.environment} --tunnel ${localPort}`);
  say(`  kubectl --kubeconfig ${kubeconfigPath(cluster)} get nodes`);
  return run(way.command);
}

function wayTo(cluster: Cluster, localPort: number, through?: string): Promise<Tunnel | Direct> {
  const { spec } = cluster;
  return byCloud<Promise<Tunnel | Direct>>(spec.placement, {
    aws: (placement) => awsTunnel(spec, placement, localPort, through),
    google: (placement) => Promise.resolve(googleTunnel(spec, placement, localPort, through)),
    vsphere: (placement) => Promise.resolve(vsphereWay(spec, placement, through)),
  });
}

function run([program = "", ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env: process.env });
    // The terminal tells both; the child ends the session, and then this ends.
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("SIGINT", ignore);
      resolve(code ?? 1);
    });
  });
}

function quoted(word: string): string {
  return /^[\w./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
