import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { seatPaths } from "../../../agent/etcd/paths";
import type { Processes, ProcessState } from "../../../agent/etcd/process";
import type { Volume, VolumeSeen } from "../../../agent/volume/volume";
import { etcd as etcdComponent } from "../../../constructs/node/etcd";
import { clusterSpec } from "../../node/cluster";

/** A folder in the place of a volume: mounted as soon as it is formatted. */
export class FolderVolume implements Volume {
  constructor(readonly folder: string) {}

  look(): Promise<VolumeSeen> {
    return Promise.resolve(existsSync(this.folder) ? { kind: "mounted" } : { kind: "blank" });
  }

  makeFileSystem(): Promise<void> {
    mkdirSync(join(this.folder, "lost+found"), { recursive: true });
    return Promise.resolve();
  }

  letGo(): Promise<void> {
    return Promise.resolve();
  }
}

/** etcd as its unit runs it, and started again as often as it ends: systemd on a machine without systemd. */
export class LocalEtcd implements Processes {
  private child: ChildProcess | undefined;
  private wanted = false;
  private ended = 0;
  private exit: number | undefined;
  private words = "";
  /** Of all attempts, for the report on a test that failed. */
  log = "";

  constructor(
    private readonly programs: string,
    private readonly root: string,
    private readonly address: string,
  ) {}

  start(): Promise<void> {
    if (!this.wanted) this.ended = 0;
    this.wanted = true;
    if (!this.child) this.attempt();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.wanted = false;
    await this.kill("SIGTERM");
  }

  /** As when the machine is gone. */
  async cut(): Promise<void> {
    this.wanted = false;
    await this.kill("SIGKILL");
  }

  /** It answers nobody, and is not gone either. */
  freeze(): void {
    this.child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.child?.kill("SIGCONT");
  }

  state(): Promise<ProcessState> {
    const between = this.wanted && !this.child && this.exit !== undefined ? { exit: this.exit } : {};
    return Promise.resolve({ running: this.wanted, ended: this.ended, ...between });
  }

  lastWords(): Promise<string> {
    return Promise.resolve(this.words);
  }

  private attempt(): void {
    const environment = Object.fromEntries(
      [...readFileSync(join(this.root, seatPaths.environment), "utf8").matchAll(/^(\w+)="(.*)"$/gm)].map(([, name = "", value = ""]) => [
        name,
        value,
      ]),
    );
    const child = spawn(join(this.programs, "etcd"), flags(this.root, this.address), {
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child = child;
    this.words = "";
    child.stderr.on("data", (text: Buffer) => {
      this.words = `${this.words}${text.toString("utf8")}`.slice(-200_000);
      this.log = `${this.log}${text.toString("utf8")}`.slice(-200_000);
    });
    child.once("close", (code) => {
      this.child = undefined;
      this.exit = code ?? undefined;
      this.ended += 1;
      setTimeout(() => this.wanted && !this.child && this.attempt(), 300);
    });
  }

  private async kill(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const { child } = this;
    if (!child) return;
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    await closed;
  }
}

// Those of the unit, with their paths below a folder, and the one address that all machines have in common. On loopback
// every connection comes from 127.0.0.1, which is in no peer's certificate.
function flags(root: string, address: string): string[] {
  const [unit] = etcdComponent(clusterSpec()).units;
  const command = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(unit?.text ?? "")?.[1] ?? "";
  const own = command.split(/\s*\\\n\s*/).slice(1);
  const moved = own.map((flag) => flag.replace(/=(\/var|\/etc)/, `=${root}$1`).replace("127.0.0.1", address));
  // Processes are killed here and no machine loses its power: what was written is there, on the disk or not.
  return [...moved, "--peer-skip-client-san-verification", "--unsafe-no-fsync"];
}
