import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import * as z from "zod";
import { names } from "../../constructs/spec/names";
import { clusterTag, poolTag, seatTag, volumeDevice } from "../../constructs/spec/tag-names";
import { waiting, type Cloud, type Instance, type Known, type Metadata, type SeatVolume, type Self } from "./cloud";
import type { Compute } from "./compute";

/** Google's own rules for udev link a disk by the name under which it is attached. */
const devicePrefix = "/dev/disk/by-id/google-";

const listed = z.object({
  id: z.string(),
  name: z.string(),
  /** A URL that ends with its name. */
  zone: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  networkInterfaces: z.array(z.object({ networkIP: z.string() })).default([]),
});
const page = z.object({
  items: z.record(z.string(), z.object({ instances: z.array(listed).default([]) })).default({}),
  nextPageToken: z.string().optional(),
});

/** Google Cloud as a machine of a cluster sees it. */
export class Google implements Cloud {
  /** Of half a minute: https://cloud.google.com/compute/docs/instances/spot#preemption-process */
  readonly drainSeconds = 20;
  readonly goes = "by power";
  private known: (Self & { readonly project: string }) | undefined;

  constructor(
    private readonly cluster: string,
    private readonly metadata: Metadata,
    private readonly compute: Compute,
    private readonly device = `${devicePrefix}${volumeDevice}`,
  ) {}

  async self(): Promise<Known<Self & { readonly project: string }>> {
    if (this.known) return { kind: "known", value: this.known };
    const asked = ["project/project-id", "instance/id", "instance/zone", "instance/name", "instance/network-interfaces/0/ip"];
    const answers = await Promise.all(asked.map((path) => this.metadata(path)));
    const missing = answers.find((answer) => answer.kind === "unknown");
    if (missing) return missing;
    const [project = "", instance = "", place = "", hostname = "", address = ""] = answers.map((answer) =>
      answer.kind === "known" ? answer.value : undefined,
    );
    const zone = lastPart(place);
    if ([project, instance, zone, hostname, address].includes(""))
      return { kind: "unknown", reason: "the metadata service knows this machine in part only" };
    this.known = { project, instance, zone, address, hostname, providerId: `gce://${project}/${zone}/${hostname}` };
    return { kind: "known", value: this.known };
  }

  /** The seat's group attaches it, before the machine starts. */
  async seatVolume(seat: string): Promise<SeatVolume> {
    if (existsSync(this.device)) return { kind: "attached", device: await realpath(this.device) };
    const self = await this.self();
    if (self.kind === "unknown") return waiting(self.reason);
    const name = names.of({ name: this.cluster }, seat);
    const disk = await this.compute(`${self.value.project}/zones/${self.value.zone}/disks/${name}`);
    if (disk.kind === "unknown") return waiting(disk.reason);
    if (disk.value === undefined) return { kind: "absent", reason: `there is no disk ${name} in ${self.value.zone}` };
    return {
      kind: "waiting",
      reason: `${name} is there, its device is not: its group attaches it to the next machine`,
      forNextMachine: true,
    };
  }

  async instance(named: string): Promise<Known<Instance | undefined>> {
    const self = await this.self();
    if (self.kind === "unknown") return self;
    const { project } = self.value;
    const by = /^\d+$/.test(named) ? `id = ${named}` : `name = "${named.replaceAll(/[^a-z0-9-]/g, "")}"`;
    const filter = `(${by}) (labels.${clusterTag} = "${this.cluster}") (status = "RUNNING")`;
    const found: Instance[] = [];
    for (let token: string | undefined = ""; token !== undefined;) {
      const more: Record<string, string> = token === "" ? {} : { pageToken: token };
      // A zone that is out of reach fails the whole answer, unless one asks for parts: nobody is called gone for that.
      const answer = await this.compute(`${project}/aggregated/instances`, { filter, ...more });
      if (answer.kind === "unknown") return answer;
      const read = page.safeParse(answer.value);
      if (!read.success) return { kind: "unknown", reason: "the list of instances has another form" };
      found.push(...Object.values(read.data.items).flatMap(({ instances }) => instances.map((one) => instanceOf(one, project))));
      token = read.data.nextPageToken;
    }
    if (found.length > 1) return { kind: "unknown", reason: `${found.length} instances are called ${named}` };
    return { kind: "known", value: found[0] };
  }

  async interruption(): Promise<Known<string | undefined>> {
    const [preempted, maintenance] = await Promise.all([this.metadata("instance/preempted"), this.metadata("instance/maintenance-event")]);
    if (preempted.kind === "known" && preempted.value === "TRUE") return { kind: "known", value: "spot: it is taken away" };
    if (maintenance.kind === "known" && maintenance.value?.startsWith("TERMINATE"))
      return { kind: "known", value: `maintenance: ${maintenance.value}` };
    return preempted.kind === "unknown" ? preempted : { kind: "known", value: undefined };
  }
}

/** With the names of Compute Engine's DNS, by zone and for the whole project. */
function instanceOf({ id, name, zone: url, labels, networkInterfaces }: z.output<typeof listed>, project: string): Instance {
  const zone = lastPart(url);
  const [pool, seat] = [labels[poolTag], labels[seatTag]];
  return {
    id,
    ...(pool === undefined ? {} : { pool }),
    ...(seat === undefined ? {} : { seat }),
    addresses: networkInterfaces.map(({ networkIP }) => networkIP),
    names: [name, `${name}.${zone}.c.${project}.internal`, `${name}.c.${project}.internal`],
    providerId: `gce://${project}/${zone}/${name}`,
  };
}

const lastPart = (path: string): string => path.split("/").at(-1) ?? "";
