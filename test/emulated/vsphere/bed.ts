import { join } from "node:path";
import { MemoryContents, MemoryStore } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { timing } from "../../../agent/timing";
import { vsphereInventory } from "../../../cli/reconcile/inventory-vsphere";
import { vsphereShelf } from "../../../cli/reconcile/shelf-vsphere";
import { StackProvisioner } from "../../../cli/reconcile/provisioner";
import { reconcile, type Report } from "../../../cli/reconcile/run";
import type { Provisioner } from "../../../cli/reconcile/terraform";
import type { Member } from "../../../constructs/platform/platform";
import type { VspherePlacement } from "../../../constructs/spec/placement-vsphere";
import { names } from "../../../constructs/spec/names";
import { findBed, temporaryFolder } from "../../../emulated/bed";
import { describe as describeDifference, differences } from "../../../emulated/plan";
import { requiredProviders } from "../../../emulated/required-providers";
import { vsphereEnvironment, vsphereOnLoopback } from "../../../emulated/vsphere/loopback";
import { findVcenter, startVcenter, type Vcenter } from "../../../emulated/vsphere/vcenter";
import { worldFor } from "../../../emulated/vsphere/world";
import { Workspace } from "../../../emulated/workspace";
import type { CompleteEnvironment } from "../../../constructs/spec/environment";
import { platformOf } from "../../../stacks/platforms";
import { readEnvironments, writeStacks } from "../../../stacks/synthesize";
import { readSynthesized, type Synthesized } from "../../../terraform/synthesized";
import type { Bed, Harm, Machine } from "../../cli/reconcile/bed";
import { RecordingProvisioner, soapServer, type RecordedRun, type VcenterCall } from "../../cli/reconcile/recorded";
import { forwarded } from "./forwarded";
import { withoutStore } from "./without-store";

const harms = { delete: "delete", "delete-with-volume": "destroy", "power-off": "power-off" } as const;
const lookEveryMs = 100;

const bodiesOf = ({ objects }: MemoryContents): Record<string, string> =>
  Object.fromEntries([...objects].map(([key, { body }]) => [key, body]));

/** Real Terraform and the real provider on a vCenter in memory, where an environment is applied. */
export class SimulatedBed implements Bed {
  readonly contents = new MemoryContents();
  now = Date.parse("2026-03-01T12:00:00Z");
  private readonly wrong: string[] = [];
  private harmedDisks = new Set<string>();

  private constructor(
    private readonly environment: CompleteEnvironment & { cluster: { placement: VspherePlacement } },
    readonly members: readonly Member[],
    private readonly vcenter: Vcenter,
    private readonly workspace: Workspace,
    private readonly stack: Synthesized,
    private readonly remove: () => void,
  ) {
    const repair = { workersAtOncePercent: 10, windows: [], backup: { everyMinutes: 5, keepHours: 24, keepDays: 14 } };
    this.contents.put("desired/repair", JSON.stringify(repair));
  }

  /** Applies an environment. The objects of the store are left out: no repair touches them, and their provider is slow to start. */
  static async of(name: string): Promise<SimulatedBed> {
    const environment = readEnvironments([name])[name];
    const placement = environment?.cluster.placement;
    if (!environment || !placement || !("server" in placement)) throw new Error(`${name} is not on vSphere`);
    const temporary = temporaryFolder();
    const [cluster] = writeStacks(join(temporary.path, "out"), { [name]: { ...environment, protect: true } });
    const dir = withoutStore(cluster?.dir ?? "", join(temporary.path, "without-store"));
    const stack = readSynthesized(dir);
    const bed = findBed(requiredProviders(stack), process.env);
    const vcenter = await startVcenter(findVcenter(process.env), worldFor(placement), temporary.path);
    const cloud = { providers: { vsphere: vsphereOnLoopback(vcenter) }, environment: vsphereEnvironment([stack]) };
    const workspace = new Workspace(name, dir, { bed, cloud, temporary: temporary.path, env: process.env });
    await workspace.terraform.init();
    await workspace.terraform.plan("first.plan");
    await workspace.terraform.apply("first.plan", () => undefined);
    const members = platformOf(placement).facts.members(environment.cluster);
    return new SimulatedBed({ ...environment, cluster: { ...environment.cluster, placement } }, members, vcenter, workspace, stack, () =>
      temporary.remove(),
    );
  }

  async machines(): Promise<ReadonlyMap<string, Machine>> {
    const disks = await this.vcenter.disks();
    const found = await this.vcenter.machines();
    return new Map(
      this.members.flatMap(({ name, volume }) => {
        const machine = found.find(({ path }) => path === this.path(name));
        if (!machine) return [];
        const own = volume === undefined ? undefined : this.volume(name);
        const there = own !== undefined && disks[own] !== undefined && machine.disks.includes(own);
        return [[name, { uuid: machine.uuid, id: machine.uuid, on: machine.on, volume: there }] as const];
      }),
    );
  }

  async harm(harm: Harm, member: string): Promise<void> {
    if (harm === "lose-volume" || harm === "delete-with-volume") this.harmedDisks.add(this.volume(member));
    if (harm === "lose-volume") await this.vcenter.deleteFile(this.volume(member));
    else await this.vcenter.harm(harms[harm], this.path(member));
  }

  async run(): Promise<Report> {
    const { server, certificate: ca } = this.vcenter;
    const terraform = new StackProvisioner(this.workspace.terraform);
    try {
      return await this.runWith(terraform, { url: `https://${server}`, ca });
    } finally {
      terraform.end();
    }
  }

  /** The same, and what was asked of whom meanwhile. */
  async recordedRun(): Promise<{ readonly report: Report; readonly recorded: RecordedRun }> {
    const real = new StackProvisioner(this.workspace.terraform);
    const terraform = new RecordingProvisioner(real);
    const vcenter: VcenterCall[] = [];
    const recorder = await soapServer(async (asked, cookie) => {
      const answered = await forwarded(this.vcenter, asked, cookie);
      vcenter.push({ asked, status: answered.status, answer: answered.answer });
      return answered;
    });
    const [now, store] = [this.now, bodiesOf(this.contents)];
    try {
      const report = await this.runWith(terraform, { url: recorder.url });
      const healed = report.done.map(({ repair, outcome }) => `${repair.kind} ${repair.seen.member.name}: ${outcome.kind}`);
      const recorded = { now, store, terraform: terraform.calls, vcenter, healed, storeAfter: bodiesOf(this.contents) };
      return { report, recorded };
    } finally {
      real.end();
      await recorder.stop();
    }
  }

  private async runWith(terraform: Provisioner, vcenter: { readonly url: string; readonly ca?: string }): Promise<Report> {
    const disks = await this.vcenter.disks();
    const stop = this.watch();
    try {
      return await reconcile({
        members: this.members,
        objects: new Objects(new MemoryStore(() => this.now, this.contents), () => this.now),
        times: timing,
        dryRun: false,
        terraform,
        stack: this.stack,
        staleSeconds: 1.5 * timing.statusQuietly,
        state: () => terraform.state(),
        deadlines: { silent: 40 * 60 },
        shelf: vsphereShelf,
        inventory: vsphereInventory({ ...vcenter, user: "emulated", password: "emulated" }),
      });
    } finally {
      await stop();
      await this.compare(disks);
    }
  }

  violations(): Promise<readonly string[]> {
    return Promise.resolve(this.wrong);
  }

  /** What a plan of the whole stack would change. */
  async differences(): Promise<readonly string[]> {
    return differences((await this.workspace.terraform.plan("last.plan")).plan).map(describeDifference);
  }

  async stop(): Promise<void> {
    await this.vcenter.stop();
    this.remove();
  }

  /** Every volume of a seat that nobody harmed is the one that it was. */
  private async compare(before: Readonly<Record<string, string>>): Promise<void> {
    const now = await this.vcenter.disks();
    for (const { name, volume } of this.members) {
      const path = volume === undefined ? undefined : this.volume(name);
      if (path === undefined || before[path] === undefined || this.harmedDisks.has(path)) continue;
      if (now[path] !== before[path]) this.wrong.push(`the volume of ${name} was ${now[path] === undefined ? "destroyed" : "made anew"}`);
    }
    this.harmedDisks = new Set();
  }

  /** Looks at the vCenter while a run goes on: of the control plane's machines that serve, never two are away at once. */
  private watch(): () => Promise<void> {
    const isControlPlane = new Set(this.members.filter(({ tier }) => tier !== "worker").map(({ name }) => name));
    let serving: readonly string[] | undefined;
    let isOver = false;
    const looking = (async () => {
      while (!isOver) {
        const machines = await this.machines();
        const on = [...machines].filter(([name, machine]) => isControlPlane.has(name) && machine.on).map(([name]) => name);
        serving ??= on;
        const away = serving.filter((name) => !on.includes(name));
        if (away.length > 1) this.wrong.push(`${away.join(" and ")} are down at once`);
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      }
    })();
    return async () => {
      isOver = true;
      await looking;
    };
  }

  private path(member: string): string {
    const { cluster } = this.environment;
    const { datacenter, folder } = cluster.placement;
    return ["", datacenter, "vm", ...(folder === undefined ? [] : [folder]), names.inventory(cluster), names.of(cluster, member)].join("/");
  }

  private volume(seat: string): string {
    const { cluster } = this.environment;
    const zone = this.stack.resource?.["vsphere_virtual_disk"]?.[`${seat}-volume`];
    return `[${String(zone?.["datastore"])}] ${names.inventory(cluster)}/${names.of(cluster, seat)}.vmdk`;
  }
}
