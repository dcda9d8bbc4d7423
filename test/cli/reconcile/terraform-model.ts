import type { Provisioner } from "../../../cli/reconcile/terraform";
import type { Plan, ResourceChange } from "../../../terraform/plan";
import type { StateResource } from "../../../terraform/terraform";
import type { ModelWorld } from "./world";

/** How Terraform and its vSphere provider behave, as far as a run sees it: targets bring what they need, and a refresh finds what is gone. */
export class TerraformModel implements Provisioner {
  private planned: { readonly changes: readonly ResourceChange[]; readonly state: string } | undefined;

  constructor(private readonly world: ModelWorld) {}

  state(): Promise<readonly StateResource[]> {
    return Promise.resolve(
      [...this.world.state].map(([address, id]) => ({
        address,
        mode: "managed",
        type: address.split(".")[0] ?? "",
        tainted: this.world.tainted.has(address),
        values: { id },
      })),
    );
  }

  plan(targets: readonly string[], replace: readonly string[]): Promise<Plan> {
    const reached = new Set(targets.flatMap((address) => [...this.world.needs(address), address]));
    const changes = [...reached].flatMap((address) => this.change(address, replace.includes(address)) ?? []);
    this.planned = { changes, state: this.serial() };
    this.world.between?.();
    return Promise.resolve({ resource_changes: changes });
  }

  apply(): Promise<void> {
    const { planned } = this;
    if (!planned || planned.state !== this.serial()) return Promise.reject(new Error("Saved plan is stale"));
    for (const { address, change } of planned.changes) {
      if (change.actions.includes("delete")) this.world.destroy(address);
    }
    for (const { address, change } of planned.changes) {
      if (this.world.fails?.(address)) return Promise.reject(new Error(`${address}: the vCenter refuses`));
      if (change.actions.includes("create")) this.world.create(address);
    }
    return Promise.resolve();
  }

  forget(address: string): Promise<void> {
    this.world.state.delete(address);
    return Promise.resolve();
  }

  override(): void {
    // The model has no names of volumes.
  }

  private change(address: string, replaced: boolean): ResourceChange | undefined {
    const there = this.world.sees(address);
    const must = replaced || this.world.tainted.has(address) || this.world.differs.has(address);
    const actions = !there ? ["create"] : must ? ["delete", "create"] : ["no-op"];
    const disk = [
      { label: "root", unit_number: 0 },
      { label: "etcd", unit_number: 1, attach: true, keep_on_remove: false },
    ];
    const type = address.split(".")[0] ?? "";
    return { address, mode: "managed", type, change: { actions, before: there ? { disk } : null, after: {}, after_unknown: {} } };
  }

  private serial(): string {
    return JSON.stringify([...this.world.state]);
  }
}
