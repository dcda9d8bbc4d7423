import { vsphereScenarios } from "../../stacks/scenarios-vsphere";
import { addresses, synthesizeCluster, type Block } from "../../stacks/terraform";
import { all, at, of, seats, terraform, zones } from "./prod";

/**
 * Self-repair on vSphere, row by row, on what is synthesized for onprem-vsphere. Left out of the table that this follows:
 * overrides of HA and DRS for single machines (the provider looks every overridden machine up, and one that was deleted
 * then stops each later apply: the settings are those of the compute cluster), and a trigger of replacement in the
 * machine (the reconcile run names the machine to replace). The API's address is the masters' own: test/agent/api-address.
 */
const machine = (name: string): Block => at(`vsphere_virtual_machine.${name}`);
const machines = of("vsphere_virtual_machine").filter(([address]) => !address.startsWith("data."));
const config = (block: Block): Record<string, string> => block["extra_config"] as Record<string, string>;
const ofOne = (name: string, environment = vsphereScenarios[name]?.environment): Readonly<Record<string, Block>> =>
  addresses(synthesizeCluster("golden", environment));

describe.each(seats.etcd.map((seat, index) => [seat, zones[index] ?? ""] as const))("%s", (seat, zone) => {
  const letter = zone.slice(-1);

  test("has a disk of its own, on one datastore, which no machine owns and nothing destroys", () => {
    expect(at(`vsphere_virtual_disk.${seat}-volume`)).toMatchObject({
      datacenter: "dc-1",
      datastore: `ssd-${letter}`,
      vmdk_path: `coppice-prod/prod-${seat}.vmdk`,
      type: "eagerZeroedThick",
      size: 50,
      lifecycle: { prevent_destroy: true, ignore_changes: ["type", "vmdk_path"] },
    });
  });

  test("finds it at the same place, out of reach of snapshots, and not on a cluster of datastores", () => {
    expect(machine(seat)["disk"]).toEqual([
      { label: "root", size: 40, thin_provisioned: true, unit_number: 0 },
      {
        label: "etcd",
        attach: true,
        path: `\${vsphere_virtual_disk.${seat}-volume.vmdk_path}`,
        datastore_id: `\${data.vsphere_datastore.datastore-ssd-${letter}.id}`,
        unit_number: 1,
        disk_mode: "independent_persistent",
      },
    ]);
    expect(machine(seat)).toMatchObject({
      datastore_id: `\${data.vsphere_datastore.datastore-ssd-${letter}.id}`,
      scsi_type: "pvscsi",
      enable_disk_uuid: true,
    });
    expect(machine(seat)).not.toHaveProperty("datastore_cluster_id");
  });

  test("has all of its memory for itself", () => {
    expect(machine(seat)).toMatchObject({ memory: 8192, memory_reservation: 8192, memory_reservation_locked_to_max: true });
  });
});

describe.each([...seats.etcd, ...seats.master])("seat %s", (seat) => {
  test("finds its name, its fixed address and the way out in what it is started with", () => {
    const { storage } = JSON.parse(Buffer.from(config(machine(seat))["guestinfo.ignition.config.data"] ?? "", "base64").toString()) as {
      storage: { files: { path: string; contents: { source: string } }[] };
    };
    const text = (path: string): string => {
      const source = storage.files.find((file) => file.path === path)?.contents.source ?? "";
      return source.startsWith("data:;base64,") ? Buffer.from(source.slice(13), "base64").toString() : decodeURIComponent(source.slice(6));
    };
    const { address, name } = JSON.parse(config(machine(seat))["guestinfo.coppice.machine"] ?? "") as Record<string, string>;
    expect([name, text("/etc/hostname")]).toEqual([`prod-${seat}`, `prod-${seat}\n`]);
    expect(address).toMatch(/^10\.40\.0\.[12]\d$/);
    const unit = text("/etc/systemd/network/10-coppice.network");
    for (const line of ["DHCP=no", `Address=${address}/22`, "Gateway=10.40.0.1", "DNS=10.1.0.53", "DNS=10.2.0.53"])
      expect(unit).toContain(`${line}\n`);
  });
});

describe.each(machines)("%s", (_, block) => {
  test("is never taken down by an apply: what its next life is made of, waits for that", () => {
    expect(block["lifecycle"]).toEqual({
      ignore_changes: ["clone", "extra_config", "num_cpus", "memory", "memory_reservation", "guest_id", "disk[0].size"],
    });
  });

  test("comes up by itself, and apply does not wait for it", () => {
    expect(block).toMatchObject({ wait_for_guest_net_timeout: 0, wait_for_guest_ip_timeout: 0 });
    expect(JSON.stringify(block)).not.toContain("provisioner");
  });

  test("holds no secret but the store's credential of its tier, and that as a variable only", () => {
    const tier = /etcd-\d/.test(String(block["name"])) ? "etcd" : /master-\d/.test(String(block["name"])) ? "masters" : "workers";
    expect(config(block)["guestinfo.coppice.store"]).toBe(
      `\${jsonencode({accessKeyId = "coppice-prod-${tier}", secretAccessKey = var.store_secret_${tier}})}`,
    );
  });

  test("starts from UEFI, with user-data that fit", () => {
    expect(block).toMatchObject({ firmware: "efi", efi_secure_boot_enabled: false, sync_time_with_host: false });
    expect(config(block)["guestinfo.ignition.config.data"]?.length).toBeLessThanOrEqual(16 * 1024);
  });
});

test("machines of a pool are started with the same user-data", () => {
  const pool = ["a", "b", "c"].map((letter) => machine(`workers-general-rack-${letter}-0`));
  expect(new Set(pool.map((block) => config(block)["guestinfo.ignition.config.data"])).size).toBe(1);
  expect(new Set(pool.map((block) => block["resource_pool_id"])).size).toBe(3);
});

test("no setting of HA or DRS is made for a single machine", () => {
  const environments = Object.values(vsphereScenarios).map(({ environment }) => synthesizeCluster("golden", environment));
  const types = new Set([terraform, ...environments].flatMap((one) => Object.keys(one.resource)));
  expect([...types].filter((type) => type.endsWith("_override"))).toEqual([]);
});

describe("where the racks are parts of one compute cluster", () => {
  const racks = ofOne("one-cluster-of-racks");

  test("seats of a tier stand on different hosts, as far as there are some", () => {
    expect(racks["vsphere_compute_cluster_vm_anti_affinity_rule.etcd-apart-compute"]).toMatchObject({
      mandatory: false,
      virtual_machine_ids: [0, 1, 2, 3, 4].map((seat) => `\${vsphere_virtual_machine.etcd-${seat}.id}`),
    });
    expect(racks["vsphere_compute_cluster_vm_anti_affinity_rule.masters-apart-compute"]?.["virtual_machine_ids"]).toHaveLength(3);
  });

  test("machines keep to the hosts of their rack, and HA may still start them elsewhere", () => {
    expect(racks["vsphere_compute_cluster_vm_group.machines-rack-b-compute"]?.["virtual_machine_ids"]).toEqual(
      ["etcd-1", "etcd-4", "master-1"].map((seat) => `\${vsphere_virtual_machine.${seat}.id}`),
    );
    expect(racks["vsphere_compute_cluster_vm_host_rule.in-rack-b-compute"]).toMatchObject({
      affinity_host_group_name: "rack-b",
      mandatory: false,
    });
  });
});

test("seats of a tier stand in different compute clusters where every zone has its own", () => {
  expect(new Set(seats.etcd.map((seat) => machine(seat)["resource_pool_id"])).size).toBe(3);
  expect(Object.keys(all).filter((address) => address.includes("anti_affinity"))).toEqual([]);
});

test("only workers go where Storage DRS wants them", () => {
  const stack = ofOne("datastore-cluster");
  expect(stack["vsphere_virtual_machine.workers-general-rack-a-0"]).toHaveProperty("datastore_cluster_id");
  for (const seat of ["etcd-0", "master-0"]) expect(stack[`vsphere_virtual_machine.${seat}`]).not.toHaveProperty("datastore_cluster_id");
});

test("Ubuntu gets its name and its address as metadata, and starts with Secure Boot", () => {
  const etcd = ofOne("library")["vsphere_virtual_machine.etcd-0"] ?? {};
  expect(etcd).toMatchObject({
    efi_secure_boot_enabled: true,
    guest_id: "ubuntu64Guest",
    clone: { template_uuid: "${data.vsphere_content_library_item.template-amd64.id}" },
  });
  const { "guestinfo.userdata": text = "", "guestinfo.metadata": metadata = "", ...rest } = config(etcd);
  expect(Buffer.from(text, "base64").toString()).toMatch(/^#cloud-config\n/);
  expect(rest).toMatchObject({ "guestinfo.userdata.encoding": "base64", "guestinfo.metadata.encoding": "base64" });
  expect(JSON.parse(Buffer.from(metadata, "base64").toString())).toEqual({
    "instance-id": "golden-etcd-0",
    "local-hostname": "golden-etcd-0",
    network: {
      version: 2,
      ethernets: {
        machine: {
          match: { name: "e*" },
          dhcp4: false,
          addresses: ["10.50.0.10/23"],
          routes: [{ to: "default", via: "10.50.0.1" }],
          nameservers: { addresses: ["10.50.0.2"] },
        },
      },
    },
  });
});

test("a storage policy and a TPM are those of every machine", () => {
  const made = Object.entries(ofOne("encrypted")).filter(([address]) => address.startsWith("vsphere_virtual_machine."));
  expect(made.length).toBeGreaterThan(2);
  for (const [, block] of made)
    expect(block).toMatchObject({ storage_policy_id: "${data.vsphere_storage_policy.storage-policy.id}", vtpm: { version: "2.0" } });
});

test("nothing that holds data refuses destruction where the environment says so", () => {
  expect(JSON.stringify(ofOne("one-seat"))).not.toContain("prevent_destroy");
});
