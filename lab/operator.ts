import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { running, type Ended } from "./command";
import type { Machine } from "./machine";

export interface Answer {
  /** 0 when nothing answered. */
  readonly status: number;
  readonly text: string;
}

/** A computer beside the cluster, from which people call its API through the load balancer, as the agent of a master does. */
export class Operator {
  private readonly folder: string;

  constructor(
    folder: string,
    /** Its network. */
    private readonly namespace: string,
    /** `https://10.0.224.5:6443` */
    readonly server: string,
    private readonly kubectlProgram: string,
    private readonly masters: () => readonly Machine[],
  ) {
    this.folder = join(folder, "operator");
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Runs a program in its network. */
  run(program: string, ...args: readonly string[]): Promise<Ended> {
    return running("ip", ["netns", "exec", this.namespace, program, ...args]);
  }

  /** Before a program and its arguments that is to run in its network. */
  get prefix(): readonly string[] {
    return ["ip", "netns", "exec", this.namespace];
  }

  kubectl(...args: readonly string[]): Promise<Ended> {
    return this.run(this.kubectlProgram, ...this.kubectlFlags(), ...args);
  }

  /** @throws Error with what kubectl said */
  async apply(manifest: string): Promise<void> {
    const file = this.file("manifest.yaml");
    writeFileSync(file, manifest);
    const { status, stderr } = await this.kubectl("apply", "-f", file);
    if (status !== 0) throw new Error(stderr);
  }

  /** Whether a master has the certificate that everything here needs; the newest one is taken. */
  hasCredentials(): boolean {
    for (const { root } of this.masters()) {
      const files = { "admin.crt": "pki/admin.crt", "admin.key": "pki/admin.key", "ca.crt": "pki/ca.crt" };
      const found = Object.entries(files).map(([name, path]) => [name, join(root, "etc/kubernetes", path)] as const);
      if (!found.every(([, path]) => existsSync(path))) continue;
      for (const [name, path] of found) this.keep(name, readFileSync(path, "utf8"));
      return true;
    }
    return existsSync(join(this.folder, "admin.crt"));
  }

  /** One request to the API. @param type of a body, `application/merge-patch+json` */
  async ask(method: string, path: string, body?: string, type = "application/json"): Promise<Answer> {
    if (!this.hasCredentials()) return { status: 0, text: "no master has its certificate yet" };
    const content = body === undefined ? [] : ["-H", `content-type: ${type}`, "--data-binary", body];
    const args = [...this.curlFlags(), "-m", "10", "-X", method, "-w", "\n%{http_code}", ...content, `${this.server}${path}`];
    const { stdout, stderr } = await this.run("curl", ...args);
    const end = stdout.lastIndexOf("\n");
    const status = Number(stdout.slice(end + 1));
    return { status, text: status === 0 ? stderr : stdout.slice(0, end) };
  }

  /** Calls back for every line of an answer that never ends by itself, until it does or is stopped. */
  watch(path: string, line: (text: string) => void): { readonly ended: Promise<void>; stop(): void } {
    const [first = "", ...rest] = [
      ...this.prefix,
      "curl",
      ...this.curlFlags(),
      "-N",
      "--connect-timeout",
      "2",
      "--max-time",
      "12",
      `${this.server}${path}`,
    ];
    const child = spawn(first, rest, { stdio: ["ignore", "pipe", "ignore"] });
    createInterface({ input: child.stdout }).on("line", line);
    return { ended: new Promise((resolve) => child.once("close", () => resolve())), stop: () => void child.kill("SIGKILL") };
  }

  private keep(name: string, text: string): void {
    const file = this.file(name);
    if (existsSync(file) && readFileSync(file, "utf8") === text) return;
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  private file(name: string): string {
    return join(this.folder, name);
  }

  private curlFlags(): readonly string[] {
    return ["-sS", "--cacert", this.file("ca.crt"), "--cert", this.file("admin.crt"), "--key", this.file("admin.key")];
  }

  private kubectlFlags(): readonly string[] {
    this.hasCredentials();
    const files = { "certificate-authority": "ca.crt", "client-certificate": "admin.crt", "client-key": "admin.key" };
    return [`--server=${this.server}`, ...Object.entries(files).map(([flag, name]) => `--${flag}=${this.file(name)}`)];
  }
}
