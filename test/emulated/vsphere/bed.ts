import { timing } from "../../../agent/timing";
import { MemoryContents, MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { vsphereInventory } from "../../../cli/reconcile/inventory-vsphere";
import { StackProvisioner } from "../../../cli/reconcile/provisioner";
import { changes } from "../../../cli/reconcile/judge";
import { reconcile, type Report, type Run } from "../../../cli/reconcile/run";
import { vsphereShelf } from "../../../cli/reconcile/shelf-vsphere";
import type { Member } from "../../../constructs/platform/platform";
import type { Vcenter } from "../../../emulated/vsphere/vcenter";
import type { Workspace } from "../../../emulated/workspace";
import type { Plan } from "../../../terraform/plan";
import type { StateResource } from "../../../terraform/terraform";
import type { Bed, Harm, Machine } from "../../cli/reconcile/bed";

/** Real Terraform and the real provider on a vCenter in memory; the store, its clock and what agents write to it are the test's. */
export class SimulatedBed implements Bed {
  readonly contents = new MemoryContents();
  now = Date.parse("2026-03-01T12:00:00Z");
  private readonly wrong: string[] = [];
  private readonly inventory;
  private terraform: WatchedProvisioner;

  constructor(
    readonly members: readonly Member[],
    private readonly workspace: Workspace,
    private readonly vcenter: Vcenter,
    private readonly datacenter: string,
  ) {
    const { server, certificate: ca } = vcenter;
    this.inventory = vsphereInventory({ url: `https://${server}`, user: "emulated", password: "emulated", ca });
    this.terraform = this.watched();
    const repair = { workersAtOncePercent: 10, windows: [], backup: { everyMinutes: 5, keepHours: 24, keepDays: 14 } };
    this.contents.put("desired/repair", JSON.stringify(repair));
  }

  async machines(): Promise<ReadonlyMap<string, Machine>> {
    const state = await this.terraform.state();
    const made = this.members.flatMap((member) => {
      const machine = state.find(({ address }) => address === member.machine);
      return machine ? [{ member, uuid: String(machine.values.id), id: String(machine.values.moid) }] : [];
    });
    const powers = await this.inventory.power(made.map(({ uuid }) => uuid));
    if (powers.kind === "unknown") throw new Error(powers.reason);
    const { disks = [] } = await this.vcenter.inventory();
    return new Map(
      made.flatMap(({ member, uuid, id }) => {
        const power = powers.value.get(uuid);
        const volume = state.find(({ address }) => address === member.volume);
        const there = volume !== undefined && disks.includes(`${String(volume.values.datastore)}/${String(volume.values.vmdk_path)}`);
        return power === undefined ? [] : [[member.name, { uuid, id, on: power === "on", volume: there }] as const];
      }),
    );
  }

  async harm(harm: Harm, name: string): Promise<void> {
    const state = await this.terraform.state();
    const member = this.members.find((one) => one.name === name);
    const find = (wanted?: string): StateResource["values"] => state.find(({ address }) => address === wanted)?.values ?? {};
    const [machine, volume] = [find(member?.machine), find(member?.volume)];
    const path = `/${this.datacenter}/vm/${String(machine.folder)}/${String(machine.name)}`;
    if (harm === "power-off") await this.vcenter.harm("power-off", path);
    if (harm === "delete") await this.vcenter.harm(member?.volume === undefined ? "destroy" : "unregister", path);
    if (harm === "delete-with-volume") await this.vcenter.harm("destroy", path);
    if (harm === "lose-volume") await this.vcenter.deleteFile(`[${String(volume.datastore)}] ${String(volume.vmdk_path)}`);
  }

  get looking(): Run {
    return {
      members: this.members,
      objects: new Objects(new MemoryStore(() => this.now, this.contents), () => this.now),
      times: timing,
      dryRun: false,
      terraform: this.terraform,
      stack: this.workspace.synthesized(),
      staleSeconds: 1.5 * timing.statusQuietly,
      state: () => this.terraform.state(),
      deadlines: { silent: 40 * 60 },
      shelf: vsphereShelf,
      inventory: this.inventory,
    };
  }

  async run(): Promise<Report> {
    const before = (await this.vcenter.inventory()).disks ?? [];
    const report = await reconcile(this.looking);
    const after = new Set((await this.vcenter.inventory()).disks);
    const volumes = (await this.terraform.state()).filter(({ type }) => type === "vsphere_virtual_disk");
    const lost = volumes
      .map(({ values }) => `${String(values.datastore)}/${String(values.vmdk_path)}`)
      .filter((one) => before.includes(one) && !after.has(one));
    this.wrong.push(...lost.map((one) => `${one} is gone`));
    return report;
  }

  /** Somebody else has applied. */
  forgetState(): void {
    this.terraform = this.watched();
  }

  violations(): Promise<readonly string[]> {
    return Promise.resolve(this.wrong);
  }

  private watched(): WatchedProvisioner {
    return new WatchedProvisioner(this.workspace.terraform, (plan) => this.watch(plan));
  }

  /** Looked at before it is applied. */
  private async watch(plan: Plan): Promise<void> {
    const gone = changes(plan).filter(({ change }) => change.actions.includes("delete"));
    this.wrong.push(...gone.filter(({ type }) => type !== "vsphere_virtual_machine").map(({ address }) => `${address} is destroyed`));
    const machines = await this.machines();
    const serves = ({ name, tier }: Member): boolean => {
      const machine = machines.get(name);
      return machine?.on === true && (tier === "master" || machine.volume);
    };
    const control = this.members.filter(({ tier }) => tier !== "worker");
    const down = control.filter((member) => serves(member) && gone.some(({ address }) => address === member.machine));
    const away = control.filter((member) => !serves(member));
    if (down.length > 0 && down.length + away.length > 1)
      this.wrong.push(
        `${down.map(({ name }) => name).join(", ")} is taken down while ${away.map(({ name }) => name).join(", ")} does not serve`,
      );
  }
}

/** What is applied is the plan that was watched. */
class WatchedProvisioner extends StackProvisioner {
  private last: Plan = {};

  constructor(
    terraform: ConstructorParameters<typeof StackProvisioner>[0],
    private readonly watch: (plan: Plan) => Promise<void>,
  ) {
    super(terraform);
  }

  override async plan(targets: readonly string[], replace: readonly string[]): Promise<Plan> {
    return (this.last = await super.plan(targets, replace));
  }

  override async apply(): Promise<void> {
    await this.watch(this.last);
    await super.apply();
  }
}
