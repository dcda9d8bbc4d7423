import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { TerraformFailed, parseMessage, type Diagnostic, type Message } from "./diagnostics";
import type { Environment } from "./find-program";
import type { Plan } from "./plan";
import type { ProviderSchema } from "./provider-schema";

export interface Ran {
  readonly code: number;
  readonly seconds: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the state holds, as `terraform show -json` prints it. */
export interface State {
  readonly values?: { readonly root_module?: { readonly resources?: readonly StateResource[] } };
}

export interface StateResource {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  /** Made in part only: its next plan makes it anew. */
  readonly tainted?: boolean;
  readonly values: Readonly<Record<string, unknown>>;
  /** Direct and indirect. */
  readonly depends_on?: readonly string[];
}

/** Terraform in one working folder; every command ends well or throws with Terraform's own reason. */
export class TerraformRun {
  constructor(
    private readonly program: string,
    readonly folder: string,
    private readonly env: Environment,
    private readonly signal?: AbortSignal,
  ) {}

  async init(): Promise<Ran> {
    return this.run("init", ["-input=false", "-no-color"]);
  }

  async validate(): Promise<Ran> {
    const { ran, text } = await this.collect("validate", ["-json"]);
    const { diagnostics = [] } = JSON.parse(text || "{}") as { diagnostics?: Diagnostic[] };
    if (ran.code !== 0) throw new TerraformFailed("validate", diagnostics, text);
    return { ...ran, diagnostics };
  }

  /** Exit code 2 means: there is something to do. */
  async plan(file: string, options: readonly string[] = []): Promise<Ran & { readonly plan: Plan }> {
    const ran = await this.run("plan", ["-input=false", "-json", "-detailed-exitcode", `-out=${file}`, ...options], [0, 2]);
    return { ...ran, plan: ran.code === 0 ? {} : await this.show<Plan>(file) };
  }

  async apply(planFile: string, say: (message: Message) => void): Promise<Ran> {
    return this.run("apply", ["-input=false", "-json", planFile], [0], say);
  }

  async state(): Promise<readonly StateResource[]> {
    return (await this.show<State>()).values?.root_module?.resources ?? [];
  }

  /** Takes an object out of the state; the object itself stays as it is. */
  async forget(address: string): Promise<Ran> {
    return this.run("state", ["rm", "-lock-timeout=5m", address]);
  }

  /** What all providers of the folder know. */
  async providerSchema(): Promise<ProviderSchema> {
    const { text } = await this.collect("providers", ["schema", "-json"], [0]);
    const { provider_schemas: all = {} } = JSON.parse(text) as { provider_schemas?: Readonly<Record<string, ProviderSchema>> };
    const merged = <T>(of: (one: ProviderSchema) => Readonly<Record<string, T>> | undefined): Record<string, T> =>
      Object.fromEntries(Object.values(all).flatMap((one) => Object.entries(of(one) ?? {})));
    return { resource_schemas: merged((one) => one.resource_schemas), data_source_schemas: merged((one) => one.data_source_schemas) };
  }

  private async show<T>(file?: string): Promise<T> {
    const { text } = await this.collect("show", ["-json", ...(file ? [file] : [])], [0]);
    return JSON.parse(text) as T;
  }

  private async run(
    command: string,
    args: readonly string[],
    good: readonly number[] = [0],
    say?: (message: Message) => void,
  ): Promise<Ran> {
    const messages: Message[] = [];
    const ran = await this.start(command, args, (line) => {
      const message = parseMessage(line);
      messages.push(message);
      say?.(message);
    });
    const diagnostics = messages.flatMap(({ diagnostic }) => diagnostic ?? []);
    if (!good.includes(ran.code)) {
      const text = messages.map((message) => message["@message"] ?? "").join("\n");
      throw new TerraformFailed(command, diagnostics, text);
    }
    return { ...ran, diagnostics };
  }

  private async collect(command: string, args: readonly string[], good?: readonly number[]): Promise<{ ran: Ran; text: string }> {
    const lines: string[] = [];
    const ran = await this.start(command, args, (line) => lines.push(line));
    const text = lines.join("\n");
    if (good && !good.includes(ran.code)) throw new TerraformFailed(command, [], text);
    return { ran, text };
  }

  private async start(command: string, args: readonly string[], onLine: (line: string) => void): Promise<Ran> {
    this.signal?.throwIfAborted();
    const from = performance.now();
    const child = spawn(this.program, [command, ...args], {
      cwd: this.folder,
      env: this.env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    // SIGINT lets Terraform end its provider.
    const stop = () => child.kill("SIGINT");
    this.signal?.addEventListener("abort", stop, { once: true });
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", onLine);
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve(status ?? 1));
    }).finally(() => this.signal?.removeEventListener("abort", stop));
    this.signal?.throwIfAborted();
    return { code, seconds: (performance.now() - from) / 1000, diagnostics: [] };
  }
}
