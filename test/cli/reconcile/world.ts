import { keys } from "../../../agent/store/keys";
import { MemoryContents, MemoryStore, type MemoryFaults } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import { timing } from "../../../agent/timing";
import { reconcile, type Report, type Run } from "../../../cli/reconcile/run";
import { vsphereShelf } from "../../../cli/reconcile/shelf-vsphere";
import type { Power } from "../../../cli/reconcile/seen";
import type { Member } from "../../../constructs/platform/platform";
import type { Permit } from "../../../constructs/spec/store";
import type { Bed, Harm, Machine } from "./bed";
import { TerraformModel } from "./terraform-model";

const tiers = ["etcd", "master", "worker"] as const;
const nine: readonly Member[] = tiers.flatMap((tier) =>
  [0, 1, 2].map((index): Member => {
    const name = `${tier}-${index}`;
    const machine = `vsphere_virtual_machine.${name}`;
    return tier === "etcd" ? { name, tier, machine, volume: `vsphere_virtual_disk.${name}-volume` } : { name, tier, machine };
  }),
);

/** Machines, disks, a vCenter and Terraform's state, in memory; the store and the permit in it are the agents' own. */
export class ModelWorld implements Bed {
  readonly members = nine;
  readonly contents = new MemoryContents();
  readonly faults: MemoryFaults = {};
  now = Date.parse("2026-03-01T12:00:00Z");
  /** Ids by address. */
  readonly state = new Map<string, string>();
  readonly tainted = new Set<string>();
  /** Somebody has changed these so that Terraform would make them anew. */
  readonly differs = new Set<string>();
  /** The account of the run sees nothing any more. */
  blind = false;
  /** What happens between a plan and its end. */
  between?: () => void;
  fails?: (address: string) => boolean;
  readonly machinesThere = new Map<string, { uuid: string; power: Power; serves: boolean; volume?: string }>();
  readonly disks = new Set<string>();
  private readonly wrong: string[] = [];
  private readonly down = new Set<string>();
  private last = 0;

  constructor() {
    const repair = { workersAtOncePercent: 10, windows: [], backup: { everyMinutes: 5, keepHours: 24, keepDays: 14 } };
    this.contents.put("desired/repair", JSON.stringify(repair));
    for (const { volume, machine } of nine) for (const address of [volume, machine]) if (address) this.create(address);
  }

  machines(): Promise<ReadonlyMap<string, Machine>> {
    const all = [...this.machinesThere].map(([name, { uuid, power, volume }]) => {
      const there = volume !== undefined && this.disks.has(volume);
      return [name, { uuid, id: uuid, on: power === "on", volume: there }] as const;
    });
    // Whoever serves again is down on nobody's account.
    for (const name of this.down) if (this.machinesThere.get(name)?.power === "on") this.down.delete(name);
    return Promise.resolve(new Map(all));
  }

  harm(harm: Harm, member: string): Promise<void> {
    const machine = this.machinesThere.get(member);
    const volume = machine?.volume;
    if (harm === "power-off" && machine) Object.assign(machine, { power: "off", serves: false });
    if (harm === "delete" || harm === "delete-with-volume") this.machinesThere.delete(member);
    if ((harm === "lose-volume" || harm === "delete-with-volume") && volume !== undefined) this.disks.delete(volume);
    if (harm === "lose-volume" && machine) machine.serves = false;
    return Promise.resolve();
  }

  get looking(): Run {
    const store = new MemoryStore(() => this.now, this.contents, this.faults);
    return {
      members: nine,
      objects: new Objects(store, () => this.now),
      times: timing,
      dryRun: false,
      terraform: this.terraform,
      stack: {},
      staleSeconds: 1.5 * timing.statusQuietly,
      state: () => this.terraform.state(),
      deadlines: { silent: 40 * 60 },
      shelf: vsphereShelf,
      inventory: {
        power: (uuids) => Promise.resolve({ kind: "known", value: new Map(this.blind ? [] : this.powers(uuids)) }),
        start: (uuid) => {
          const machine = [...this.machinesThere.values()].find((one) => one.uuid === uuid);
          if (machine?.volume !== undefined && !this.disks.has(machine.volume))
            return Promise.resolve({ kind: "unknown", reason: "File not found" });
          if (machine) Object.assign(machine, { power: "on", serves: true });
          return Promise.resolve(machine ? { kind: "known", value: "started" } : { kind: "unknown", reason: "it is gone" });
        },
      },
    };
  }

  run(): Promise<Report> {
    return reconcile(this.looking);
  }

  violations(): Promise<readonly string[]> {
    return Promise.resolve(this.wrong);
  }

  readonly terraform = new TerraformModel(this);

  needs(address: string): readonly string[] {
    const volume = nine.find(({ machine }) => machine === address)?.volume;
    return volume === undefined ? [] : [volume];
  }

  sees(address: string): boolean {
    const id = this.state.get(address) ?? "";
    return !this.blind && (this.disks.has(id) || [...this.machinesThere.values()].some(({ uuid }) => uuid === id));
  }

  create(address: string): void {
    const member = nine.find((one) => one.machine === address || one.volume === address);
    const id = `${address}#${++this.last}`;
    if (!member) return;
    if (member.volume === address) this.disks.add(id);
    else {
      if (this.machinesThere.has(member.name)) this.wrong.push(`two machines on ${member.name}`);
      const volume = this.state.get(member.volume ?? "");
      this.machinesThere.set(member.name, { uuid: id, power: "on", serves: true, ...(volume !== undefined && { volume }) });
    }
    this.tainted.delete(address);
    this.state.set(address, id);
  }

  destroy(address: string): void {
    const member = nine.find((one) => one.machine === address || one.volume === address);
    if (!member) return;
    if (member.volume === address) {
      this.wrong.push(`${address} was destroyed`);
      this.disks.delete(this.state.get(address) ?? "");
      return;
    }
    if (this.machinesThere.get(member.name)?.serves && member.tier !== "worker") this.takesDown(member.name);
    this.machinesThere.delete(member.name);
  }

  private takesDown(name: string): void {
    this.down.add(name);
    if (this.down.size > 1) this.wrong.push(`${[...this.down].join(" and ")} are down at once`);
    const permit = JSON.parse(this.contents.objects.get(keys.permit)?.body ?? "{}") as Partial<Permit>;
    const holds = permit.holder === name && Date.parse(permit.until ?? "") > this.now;
    if (!holds) this.wrong.push(`${name} was taken down without the permit`);
    const others = nine.filter(({ tier, name: other }) => tier !== "worker" && other !== name);
    const away = others.filter(({ name: other }) => !this.machinesThere.get(other)?.serves).map(({ name: other }) => other);
    if (away.length > 0) this.wrong.push(`${name} was taken down while ${away.join(", ")} did not serve`);
  }

  private powers(uuids: readonly string[]): readonly (readonly [string, Power])[] {
    return [...this.machinesThere.values()].filter(({ uuid }) => uuids.includes(uuid)).map(({ uuid, power }) => [uuid, power]);
  }
}
