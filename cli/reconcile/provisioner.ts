import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../../terraform/plan";
import type { StateResource, TerraformRun } from "../../terraform/terraform";
import type { Provisioner } from "./terraform";

/** Terraform reads it last and merges it over the stack: https://developer.hashicorp.com/terraform/language/files/override */
const overrideFile = "reconcile_override.tf.json";
const planFile = "reconcile.plan";

/** Terraform in a stack's folder. What it needs there is fetched once, at its first use. */
export class StackProvisioner implements Provisioner {
  private ready?: Promise<unknown>;
  /** Only a run's own steps change it while the run lasts: who else applies makes its plans stale. */
  private known: Promise<readonly StateResource[]> | undefined;

  constructor(private readonly terraform: TerraformRun) {
    this.end();
  }

  get folder(): string {
    return this.terraform.folder;
  }

  async state(): Promise<readonly StateResource[]> {
    await this.init();
    return (this.known ??= this.terraform.state());
  }

  async plan(targets: readonly string[], replace: readonly string[]): Promise<Plan> {
    await this.init();
    const options = [...targets.map((address) => `-target=${address}`), ...replace.map((address) => `-replace=${address}`)];
    return (await this.terraform.plan(planFile, ["-lock-timeout=5m", ...options])).plan;
  }

  async apply(): Promise<void> {
    this.known = undefined;
    await this.terraform.apply(planFile, () => undefined);
  }

  async forget(address: string): Promise<void> {
    await this.init();
    this.known = undefined;
    await this.terraform.forget(address);
  }

  override(address: string, values: Readonly<Record<string, unknown>>): void {
    const file = this.path(overrideFile);
    const { resource = {} } = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { resource?: Record<string, object> }) : {};
    const [type = "", name = ""] = address.split(".");
    writeFileSync(file, JSON.stringify({ resource: { ...resource, [type]: { ...resource[type], [name]: values } } }));
  }

  /** Leaves the folder as it was. A plan holds what Terraform's state holds. */
  end(): void {
    for (const file of [overrideFile, planFile]) rmSync(this.path(file), { force: true });
  }

  private path(file: string): string {
    return join(this.terraform.folder, file);
  }

  private init(): Promise<unknown> {
    return (this.ready ??= this.terraform.init());
  }
}
