import { scenarios } from "../../stacks/scenarios";
import { addresses, synthesizeCluster } from "../../stacks/terraform";
import { at, of, pools, seats, statements } from "./prod";

/**
 * Self-repair on AWS, row by row, on what is synthesized for prod-aws. Left out of the table that this follows:
 * object lock (agents delete what nothing names, and noncurrent versions already bring back what was overwritten), and an
 * alarm inside of a worker refresh (auto rollback on machine health is there; an alarm of the cluster's comes with monitoring).
 */
describe.each([...seats.etcd, ...seats.master])("seat %s", (seat) => {
  test("has an address of its own that outlives every machine", () => {
    const networkInterface = at(`aws_network_interface.${seat}-interface`);
    expect(networkInterface["private_ips"]).toHaveLength(1);
    expect(networkInterface["security_groups"]).toEqual([
      expect.stringMatching(seat.startsWith("etcd") ? /etcd-firewall/ : /masters-firewall/),
    ]);
    expect(networkInterface["tags"]).toMatchObject({ "coppice-seat": seat, "coppice-cluster": "prod" });
    expect(networkInterface["attachment"]).toBeUndefined();
  });

  test("starts its machines with that interface, and with no firewall, name or key besides", () => {
    const template = at(`aws_launch_template.${seat}-template`);
    expect(template["network_interfaces"]).toEqual([
      { device_index: 0, network_interface_id: `\${aws_network_interface.${seat}-interface.id}`, delete_on_termination: "false" },
    ]);
    expect(template).not.toHaveProperty("vpc_security_group_ids");
    expect(template).not.toHaveProperty("key_name");
  });

  test("is a group of one that replaces in place, and never by a load balancer's word", () => {
    const group = at(`aws_autoscaling_group.${seat}`);
    expect(group).toMatchObject({
      min_size: 1,
      max_size: 1,
      desired_capacity: 1,
      health_check_type: "EC2",
      health_check_grace_period: 300,
      instance_maintenance_policy: { min_healthy_percentage: 0, max_healthy_percentage: 100 },
      suspended_processes: ["AZRebalance"],
      wait_for_capacity_timeout: "0",
      launch_template: { version: `\${aws_launch_template.${seat}-template.latest_version}` },
    });
    expect(group["availability_zones"]).toHaveLength(1);
    expect(group).not.toHaveProperty("vpc_zone_identifier");
    expect(group).not.toHaveProperty("lifecycle");
    expect(group).not.toHaveProperty("initial_lifecycle_hook");
    expect(group).not.toHaveProperty("instance_refresh");
    expect(group).not.toHaveProperty("warm_pool");
  });

  test("raises an alarm when it is empty for 15 minutes", () => {
    expect(at(`aws_cloudwatch_metric_alarm.${seat}-empty`)).toMatchObject({
      metric_name: "GroupInServiceInstances",
      dimensions: { AutoScalingGroupName: `prod-${seat}` },
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      period: 60,
      evaluation_periods: 15,
      treat_missing_data: "breaching",
      alarm_actions: ["arn:aws:sns:eu-central-1:111122223333:on-call"],
    });
    expect(at(`aws_autoscaling_group.${seat}`)["enabled_metrics"]).toContain("GroupInServiceInstances");
  });
});

test("seats of a tier stand in different zones", () => {
  for (const tier of Object.values(seats))
    expect(new Set(tier.map((seat) => String(at(`aws_autoscaling_group.${seat}`)["availability_zones"]))).size).toBe(3);
});

describe.each(seats.etcd)("etcd seat %s", (seat) => {
  test("has a volume in its zone that outlives every machine and refuses destruction", () => {
    const volume = at(`aws_ebs_volume.${seat}-volume`);
    expect(volume).toMatchObject({
      availability_zone: String(at(`aws_autoscaling_group.${seat}`)["availability_zones"]),
      type: "gp3",
      encrypted: true,
      kms_key_id: "${aws_kms_key.volumes-key.arn}",
      final_snapshot: true,
      tags: { "coppice-seat": seat },
      lifecycle: { prevent_destroy: true },
    });
    expect(volume["iops"]).toBeGreaterThanOrEqual(3000);
    expect(volume["throughput"]).toBeGreaterThanOrEqual(125);
  });

  test("may attach its own volume and no other", () => {
    const own = statements(`aws_iam_role_policy.${seat}-rights`).find(({ Sid }) => Sid === "OwnVolume");
    expect(own).toMatchObject({
      Action: ["ec2:AttachVolume", "ec2:DetachVolume"],
      Condition: { StringEquals: { "aws:ResourceTag/coppice-seat": seat, "aws:ResourceTag/coppice-cluster": "prod" } },
    });
  });
});

describe.each(of("aws_launch_template"))("%s", (_, template) => {
  test("keeps its machines private, sealed, and away from each other's metadata", () => {
    expect(template["metadata_options"]).toEqual({
      http_endpoint: "enabled",
      http_tokens: "required",
      http_put_response_hop_limit: 1,
      instance_metadata_tags: "disabled",
    });
    expect(template["block_device_mappings"]).toMatchObject([
      { ebs: { encrypted: "true", kms_key_id: "${aws_kms_key.volumes-key.arn}", delete_on_termination: "true", volume_type: "gp3" } },
    ]);
    expect(template["instance_initiated_shutdown_behavior"]).toBe("terminate");
    expect(template["maintenance_options"]).toEqual({ auto_recovery: "default" });
    expect(JSON.stringify(template["network_interfaces"])).not.toContain('"associate_public_ip_address":"true"');
    expect(template["image_id"]).toMatch(/^\$\{data\.aws_ami\.image-(amd64|arm64)\.id\}$/);
    expect(Buffer.from(String(template["user_data"]), "base64").length).toBeLessThanOrEqual(12 * 1024);
  });
});

test("images are named exactly, with their owner; never the newest", () => {
  const images = of("data.aws_ami");
  expect(images).toHaveLength(2);
  for (const [, image] of images) {
    expect(image["owners"]).toEqual(["075585003325"]);
    expect(JSON.stringify(image["filter"])).not.toMatch(/[*?]/);
    expect(image).not.toHaveProperty("most_recent");
  }
});

describe.each(pools)("pool %s", (pool) => {
  test("adds before it removes, over all zones, and leaves its size to the autoscaler", () => {
    const group = at(`aws_autoscaling_group.${pool}`);
    expect(group["vpc_zone_identifier"]).toHaveLength(3);
    expect(group).not.toHaveProperty("desired_capacity");
    expect(group).toMatchObject({
      health_check_type: "EC2",
      instance_maintenance_policy: { min_healthy_percentage: 100, max_healthy_percentage: 110 },
      instance_refresh: { preferences: { min_healthy_percentage: 90, auto_rollback: true, checkpoint_percentages: [10, 100] } },
      lifecycle: { ignore_changes: ["desired_capacity"] },
      initial_lifecycle_hook: [
        { lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING", heartbeat_timeout: 300, default_result: "CONTINUE" },
      ],
    });
    const reference = group["mixed_instances_policy"] as { launch_template: { launch_template_specification: { version: string } } };
    expect(reference.launch_template.launch_template_specification.version).toBe(`\${aws_launch_template.${pool}-template.latest_version}`);
  });

  test("is found by the autoscaler, and by nothing else that scales", () => {
    const keys = (at(`aws_autoscaling_group.${pool}`)["tag"] as readonly { key: string }[]).map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining(["k8s.io/cluster-autoscaler/enabled", "k8s.io/cluster-autoscaler/prod"]));
    expect(of("aws_autoscaling_policy")).toEqual([]);
  });
});

test("spot pools move machines before they are taken", () => {
  expect(at("aws_autoscaling_group.workers-batch")).toMatchObject({
    capacity_rebalance: true,
    mixed_instances_policy: {
      instances_distribution: { on_demand_percentage_above_base_capacity: 0, spot_allocation_strategy: "price-capacity-optimized" },
    },
  });
  expect(at("aws_autoscaling_group.workers-general")).not.toHaveProperty("capacity_rebalance");
});

test("the load balancer routes by /readyz, keeps watches open, and lets masters reach themselves", () => {
  expect(at("aws_lb.api-balancer")).toMatchObject({
    internal: true,
    load_balancer_type: "network",
    enable_cross_zone_load_balancing: true,
    enable_zonal_shift: true,
  });
  expect(at("aws_lb_target_group.api-targets")).toMatchObject({
    target_type: "instance",
    preserve_client_ip: "false",
    deregistration_delay: "30",
    health_check: { protocol: "HTTPS", path: "/readyz", interval: 10, unhealthy_threshold: 2 },
    target_health_state: [{ enable_unhealthy_connection_termination: false, unhealthy_draining_interval: 30 }],
  });
  for (const seat of seats.master)
    expect(at(`aws_autoscaling_group.${seat}`)["target_group_arns"]).toEqual(["${aws_lb_target_group.api-targets.arn}"]);
  expect(at("aws_cloudwatch_metric_alarm.api-down")).toMatchObject({ metric_name: "HealthyHostCount", treat_missing_data: "breaching" });
});

test("nothing that holds data refuses destruction where the environment says so", () => {
  const unprotected = addresses(synthesizeCluster("golden", scenarios["one-seat"]?.environment));
  expect(JSON.stringify(unprotected)).not.toContain("prevent_destroy");
  expect(unprotected["aws_s3_bucket.store-bucket"]).toMatchObject({ force_destroy: true });
});
