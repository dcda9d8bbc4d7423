import { googleScenarios } from "../../stacks/scenarios-google";
import { addresses, synthesizeCluster, type Block } from "../../stacks/terraform";
import { at, of, output, pools, seats, zones } from "./prod";

/**
 * Self-repair on Google Cloud, row by row, on what is synthesized for prod-google. Left out of the table that this follows:
 * snapshots of disks on a schedule (a copy of one member's files is never grown from: the verified snapshots in the store
 * are the backup, and a last one is taken before a disk is destroyed), and the region's groups of masters and workers (a
 * seat is a group of one, and a pool has one in every zone, so that a false signal meets one of them at a time).
 */
const all = [...seats.etcd, ...seats.master];
const group = (name: string): Block => at(`google_compute_instance_group_manager.${name}`);

describe.each(all)("seat %s", (seat) => {
  test("has an address of its own that outlives every machine", () => {
    expect(at(`google_compute_address.${seat}-address`)).toMatchObject({
      address_type: "INTERNAL",
      address: expect.stringMatching(/^10\.0\.22\d\.[12]\d$/) as string,
    });
  });

  test("is a zone's group without a size: its configuration makes the one machine, and a size would make another", () => {
    expect(zones).toContain(group(seat)["zone"]);
    expect(group(seat)).not.toHaveProperty("target_size");
    expect(group(seat)).toMatchObject({ lifecycle: { ignore_changes: ["target_size"] }, wait_for_instances: false });
  });

  test("gets the next machine with its name, its address and what it holds, and keeps all three", () => {
    const { disk, internal_ip } = at(`google_compute_per_instance_config.${seat}-seat`)["preserved_state"] as Block;
    expect(at(`google_compute_per_instance_config.${seat}-seat`)).toMatchObject({
      name: `prod-${seat}`,
      instance_group_manager: `\${google_compute_instance_group_manager.${seat}.name}`,
      zone: group(seat)["zone"],
      remove_instance_state_on_destroy: false,
    });
    expect(internal_ip).toEqual([
      { interface_name: "nic0", auto_delete: "NEVER", ip_address: { address: `\${google_compute_address.${seat}-address.self_link}` } },
    ]);
    const volume = `\${google_compute_disk.${seat}-volume.id}`;
    expect(disk).toEqual(
      seat.startsWith("etcd") ? [{ device_name: "coppice-etcd", source: volume, mode: "READ_WRITE", delete_rule: "NEVER" }] : [],
    );
  });

  test("replaces in place, one after the other, and never because its template has changed", () => {
    expect(group(seat)).toMatchObject({
      update_policy: {
        type: "OPPORTUNISTIC",
        minimal_action: "REFRESH",
        most_disruptive_allowed_action: "REPLACE",
        replacement_method: "RECREATE",
        max_surge_fixed: 0,
        max_unavailable_fixed: 1,
      },
      instance_lifecycle_policy: { force_update_on_repair: "NO", default_action_on_failure: "REPAIR" },
      version: [{ instance_template: `\${google_compute_instance_template.${seat}-template.self_link_unique}` }],
    });
    expect(group(seat)).not.toHaveProperty("stateful_disk");
  });

  test("raises an alarm when it is empty for 15 minutes", () => {
    const [{ condition_threshold: condition }] = at(`google_monitoring_alert_policy.${seat}-empty`)["conditions"] as [
      { condition_threshold: Block },
    ];
    expect(condition).toMatchObject({ comparison: "COMPARISON_LT", threshold_value: 1, duration: "900s" });
    expect(condition["filter"]).toContain(`instance_group_name = "prod-${seat}"`);
    expect(condition["evaluation_missing_data"]).toBe("EVALUATION_MISSING_DATA_ACTIVE");
  });
});

test("seats of a tier stand in different zones", () => {
  for (const tier of Object.values(seats)) expect(new Set(tier.map((seat) => group(seat)["zone"])).size).toBe(3);
});

test.each(seats.etcd)("%s has a volume in its zone that outlives every machine and refuses destruction", (seat) => {
  expect(at(`google_compute_disk.${seat}-volume`)).toMatchObject({
    zone: group(seat)["zone"],
    type: "hyperdisk-balanced",
    provisioned_iops: 3000,
    provisioned_throughput: 140,
    disk_encryption_key: { kms_key_self_link: "${google_kms_crypto_key.volumes-key.id}" },
    create_snapshot_before_destroy: true,
    labels: { "coppice-seat": seat, "coppice-cluster": "prod" },
    lifecycle: { prevent_destroy: true },
  });
  // A volume in use cannot be destroyed: the group goes first.
  expect(group(seat)["depends_on"]).toContain(`google_compute_disk.${seat}-volume`);
});

describe.each(of("google_compute_instance_template"))("%s", (address, template) => {
  test("keeps its machines private, sealed, shielded, and closed to keys that somebody adds", () => {
    expect(template["shielded_instance_config"]).toEqual({
      enable_secure_boot: true,
      enable_vtpm: true,
      enable_integrity_monitoring: true,
    });
    expect(template["metadata"]).toMatchObject({
      "block-project-ssh-keys": "true",
      "enable-oslogin": "FALSE",
      "serial-port-enable": "FALSE",
      "disable-legacy-endpoints": "TRUE",
    });
    expect(JSON.stringify(template["network_interface"])).not.toContain("access_config");
    expect(template).not.toHaveProperty("can_ip_forward");
    expect((template["metadata"] as Record<string, string>)["user-data"]?.length).toBeLessThanOrEqual(12 * 1024);
  });

  test("starts machines from a disk of their own, which goes with them, and an image that is named exactly", () => {
    expect(template["disk"]).toHaveLength(1);
    expect(template["disk"]).toMatchObject([
      {
        boot: true,
        auto_delete: true,
        disk_encryption_key: { kms_key_self_link: "${google_kms_crypto_key.volumes-key.id}" },
        source_image: expect.stringMatching(/^projects\/ubuntu-os-cloud\/global\/images\/ubuntu-2404-noble-(amd|arm)64-v\d{8}$/) as string,
      },
    ]);
  });

  test("restarts its machines, and moves them where hosts are mended, unless they are spot", () => {
    const spot = address.includes("workers-batch");
    expect(template["scheduling"]).toMatchObject({
      automatic_restart: !spot,
      on_host_maintenance: spot ? "TERMINATE" : "MIGRATE",
      provisioning_model: spot ? "SPOT" : "STANDARD",
      preemptible: spot,
    });
  });

  test("is made before the one that it replaces goes, and after the right to seal its disks", () => {
    expect(template["lifecycle"]).toEqual({ create_before_destroy: true });
    expect(template["depends_on"]).toEqual(["google_kms_crypto_key_iam_member.volumes-key-use"]);
  });
});

describe.each(pools)("pool %s", (pool, groups) => {
  test("has a group in every zone, which adds before it removes and leaves its size to the autoscaler", () => {
    expect(groups.map((name) => group(name)["zone"])).toEqual(zones);
    for (const name of groups)
      expect(group(name)).toMatchObject({
        update_policy: {
          type: "PROACTIVE",
          minimal_action: "REPLACE",
          replacement_method: "SUBSTITUTE",
          max_surge_fixed: 1,
          max_unavailable_fixed: 0,
        },
        instance_lifecycle_policy: { force_update_on_repair: "NO", default_action_on_failure: "REPAIR" },
        lifecycle: { ignore_changes: ["target_size"] },
      });
  });

  test("tells the autoscaler each group's share of its bounds, and nothing else scales", () => {
    const bounds = { "workers-batch": [0, 60], "workers-general": [3, 30], "workers-graviton": [1, 15] }[pool];
    const shares = String(output["autoscaler"]?.["value"])
      .split(" ")
      .map((one) => one.split(":"))
      .filter(([, , name]) => groups.some((own) => name?.endsWith(`/prod-${own}`)));
    expect(shares).toHaveLength(3);
    expect([0, 1].map((index) => shares.reduce((sum, share) => sum + Number(share[index]), 0))).toEqual(bounds);
    expect(groups.map((name) => group(name)["target_size"])).toEqual(shares.map(([min]) => Number(min)));
    expect(of("google_compute_autoscaler")).toEqual([]);
  });
});

test("the load balancer routes by /readyz, lets connections end, and knows every master", () => {
  expect(at("google_compute_region_health_check.api-health")).toMatchObject({
    https_health_check: { port: 6443, request_path: "/readyz" },
    check_interval_sec: 10,
    unhealthy_threshold: 2,
  });
  expect(at("google_compute_region_backend_service.api-service")).toMatchObject({
    protocol: "TCP",
    load_balancing_scheme: "INTERNAL",
    connection_draining_timeout_sec: 30,
    backend: seats.master.map((seat) => ({
      group: `\${google_compute_instance_group_manager.${seat}.instance_group}`,
      balancing_mode: "CONNECTION",
    })),
  });
  expect(at("google_compute_forwarding_rule.api-balancer")).toMatchObject({ load_balancing_scheme: "INTERNAL", ports: ["6443"] });
});

test("nothing that holds data refuses destruction where the environment says so", () => {
  const unprotected = addresses(synthesizeCluster("golden", googleScenarios["one-seat"]?.environment));
  expect(JSON.stringify(unprotected)).not.toContain("prevent_destroy");
  expect(unprotected["google_storage_bucket.store-bucket"]).toMatchObject({ force_destroy: true });
});
