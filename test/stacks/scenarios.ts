import type { ClusterInput } from "../../constructs/spec/cluster-spec";
import type { Environment } from "../../constructs/spec/environment";

/** One way to use the product, and the type, argument or value that no other scenario has. */
export interface Scenario {
  readonly environment: Environment;
  /** `aws_route53_record`, `aws_lb.subnet_mapping.allocation_id`, `data.aws_ami.filter.values=arm64` */
  readonly adds: string;
}

type Placement = Extract<ClusterInput["placement"], { cloud: "aws" }>;
const account = "111122223333";
const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
export const certificate = `-----BEGIN CERTIFICATE-----\n${"MIIBszCCAVmgAwIBAgIUQ29wcGljZSBnb2xkZW4gdGVzdCBjZXJ0aWZpY2F0ZTAK".repeat(4)}\n-----END CERTIFICATE-----\n`;

/** The smallest cluster, changed in what a scenario is about. */
function one(placement: Partial<Placement>, cluster: Partial<ClusterInput> = {}, environment: Partial<Environment> = {}): Environment {
  return {
    cluster: {
      name: "golden",
      placement: {
        cloud: "aws",
        account,
        region: "eu-central-1",
        zones: zones.slice(0, 1),
        network: { nat: "single", endpoints: false },
        ...placement,
      },
      etcd: { seats: 1 },
      masters: { seats: 1 },
      workers: { general: { min: 1, max: 3 } },
      ...cluster,
    },
    backend: { type: "local", folder: "state" },
    protect: false,
    ...environment,
  };
}

const subnets = Object.fromEntries(
  zones.map((zone, index) => [
    zone,
    {
      seats: { id: `subnet-${String(index).repeat(8)}`, cidr: `172.20.${index}.0/27` },
      workers: { id: `subnet-${String(index + 3).repeat(8)}`, cidr: `172.20.${16 * (index + 1)}.0/20` },
    },
  ]),
);

export const scenarios: Readonly<Record<string, Scenario>> = {
  "one-seat": { adds: "aws_autoscaling_group.max_size=2", environment: one({}, { workers: { general: { min: 1, max: 2 } } }) },
  "three-seats": {
    adds: "aws_nat_gateway.tags.Name=golden-nat-eu-central-1c",
    environment: one({ zones, network: { endpoints: false } }, { etcd: {}, masters: {} }),
  },
  "five-seats": {
    adds: "aws_network_interface.private_ips=10.0.226.14",
    environment: one({ zones }, { etcd: { seats: 5 }, masters: { seats: 3 } }),
  },
  "private-endpoints": { adds: "aws_vpc_endpoint.private_dns_enabled", environment: one({ network: { nat: "single", endpoints: true } }) },
  "existing-vpc": {
    adds: "data.aws_prefix_list",
    environment: one({ zones, network: { vpc: "vpc-0123456789abcdef0", subnets, endpoints: "sg-0123456789abcdef0" } }),
  },
  "existing-keys-and-profiles": {
    adds: "aws_launch_template.iam_instance_profile.name=kept-elsewhere-workers",
    environment: one({
      keys: {
        store: `arn:aws:kms:eu-central-1:${account}:key/store`,
        secrets: `arn:aws:kms:eu-central-1:${account}:key/secrets`,
        volumes: `arn:aws:kms:eu-central-1:${account}:key/volumes`,
      },
      profiles: { etcd: "kept-elsewhere-etcd", masters: "kept-elsewhere-masters", workers: "kept-elsewhere-workers" },
    }),
  },
  boundary: { adds: "aws_iam_role.permissions_boundary", environment: one({ boundary: `arn:aws:iam::${account}:policy/boundary` }) },
  "dns-zone": { adds: "aws_route53_record", environment: one({ dnsZone: { id: "Z0123456789ABCDEFGHIJ", name: "k8s.example.com" } }) },
  alarms: { adds: "aws_cloudwatch_metric_alarm", environment: one({ alarms: { topic: `arn:aws:sns:eu-central-1:${account}:on-call` } }) },
  "dns-and-time-servers": {
    adds: "aws_vpc_dhcp_options",
    environment: one({}, { network: { dns: ["10.1.0.2", "10.1.0.3"], ntp: ["10.1.0.4"] } }),
  },
  "proxy-and-trust": {
    adds: "aws_vpc_security_group_egress_rule.from_port=3128",
    environment: one({}, { network: { proxy: { http: "http://10.1.0.10:3128", bypass: [".example.com"] } }, trust: [certificate] }),
  },
  mirror: {
    adds: "aws_s3_object.content~https://mirror.example.com/artifacts/dl.k8s.io/release",
    environment: one({}, { mirror: "https://mirror.example.com/artifacts" }),
  },
  "public-api": {
    adds: "aws_lb.subnet_mapping.allocation_id",
    environment: one({}, { access: { api: "public", from: ["203.0.113.0/24"] } }),
  },
  oidc: {
    adds: "aws_s3_object.content~https://login.example.com",
    environment: one({}, { access: { oidc: { issuer: "https://login.example.com", clientId: "kubernetes" } } }),
  },
  arm64: {
    adds: "data.aws_ami.filter.values=arm64",
    environment: one({}, { etcd: { seats: 1, architecture: "arm64" }, workers: { general: { min: 1, max: 3, architecture: "arm64" } } }),
  },
  spot: {
    adds: "aws_autoscaling_group.capacity_rebalance",
    environment: one(
      {},
      {
        workers: {
          general: { min: 1, max: 3 },
          batch: { min: 0, max: 10, spotPercent: 100, alternatives: ["m7i.2xlarge"], taints: [{ key: "batch", effect: "NoSchedule" }] },
        },
      },
    ),
  },
  ubuntu: {
    adds: "aws_launch_template.block_device_mappings.device_name=/dev/sda1",
    environment: one({
      image: {
        os: "ubuntu",
        names: { amd64: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260714" },
        owner: "099720109477",
      },
    }),
  },
  calico: { adds: "aws_vpc_security_group_ingress_rule.from_port=4789", environment: one({}, { addons: { cni: "calico" } }) },
  "company-flows": {
    adds: "aws_vpc_security_group_egress_rule.from_port=587",
    environment: one(
      {},
      { segmentation: { machines: [{ from: "workers", to: "10.1.2.0/24", ports: ["tcp/587"], why: "pods reach the mail relay" }] } },
    ),
  },
  protected: {
    adds: "aws_ebs_volume.lifecycle.prevent_destroy",
    environment: one({}, {}, { protect: true, backend: { type: "s3", bucket: "example-state", region: "eu-central-1" } }),
  },
  "google-backend": {
    adds: "terraform.backend.gcs",
    environment: one({}, {}, { backend: { type: "gcs", bucket: "example-state", project: "example-platform", location: "EU" } }),
  },
};
