import type { ClusterInput } from "../../constructs/spec/cluster-spec";
import type { Environment } from "../../constructs/spec/environment";
import { certificate, type Scenario } from "./scenarios";

type Placement = Extract<ClusterInput["placement"], { cloud: "google" }>;
const project = "example-platform";
const zones = ["europe-west4-a", "europe-west4-b", "europe-west4-c"];
const ring = `projects/${project}/locations/europe-west4/keyRings/kept-elsewhere/cryptoKeys`;

/** The smallest cluster, changed in what a scenario is about. */
function one(placement: Partial<Placement>, cluster: Partial<ClusterInput> = {}, environment: Partial<Environment> = {}): Environment {
  return {
    cluster: {
      name: "golden",
      placement: { cloud: "google", project, region: "europe-west4", zones: zones.slice(0, 1), ...placement },
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
      seats: { id: `seats-${index}`, cidr: `172.20.${index}.0/27` },
      workers: { id: `workers-${index}`, cidr: `172.20.${16 * (index + 1)}.0/20` },
    },
  ]),
);

/** The ways to use the product on Google Cloud, as `scenarios.ts` has them on AWS. */
export const googleScenarios: Readonly<Record<string, Scenario>> = {
  "one-seat": {
    adds: "google_compute_instance_group_manager.target_size=7",
    environment: one({}, { workers: { general: { min: 7, max: 8 } } }),
  },
  "three-seats": {
    adds: "google_compute_subnetwork.name=golden-seats-europe-west4-c",
    environment: one({ zones, network: { flowLogs: true } }, { etcd: {}, masters: {} }),
  },
  "five-seats": {
    adds: "google_compute_health_check.check_interval_sec=300",
    environment: one({ zones, network: { vpc: "own", subnets } }, { etcd: { seats: 5 }, masters: { seats: 3 } }),
  },
  "four-zones": {
    adds: "google_compute_health_check.check_interval_sec=255",
    environment: one({
      region: "us-central1",
      zones: ["us-central1-a", "us-central1-b", "us-central1-c", "us-central1-f"],
    }),
  },
  "without-flow-logs": {
    adds: "google_compute_subnetwork.ip_cidr_range=10.8.224.0/23",
    environment: one({ network: { flowLogs: false } }, { network: { nodes: "10.8.0.0/16" } }),
  },
  "shared-network": {
    adds: "google_compute_firewall.project=example-host",
    environment: one({ zones, network: { vpc: "shared", host: "example-host", subnets } }),
  },
  "existing-keys-and-accounts": {
    adds: "google_compute_instance_template.service_account.email=kept-workers@example-platform.iam.gserviceaccount.com",
    environment: one({
      keys: { store: `${ring}/store`, secrets: `${ring}/secrets`, volumes: `${ring}/volumes` },
      accounts: {
        etcd: `kept-etcd@${project}.iam.gserviceaccount.com`,
        masters: `kept-masters@${project}.iam.gserviceaccount.com`,
        workers: `kept-workers@${project}.iam.gserviceaccount.com`,
      },
    }),
  },
  "dns-zone": { adds: "google_dns_record_set.managed_zone=k8s", environment: one({ dnsZone: { id: "k8s", name: "k8s.example.com" } }) },
  alarms: {
    adds: "google_monitoring_alert_policy",
    environment: one({ alarms: { channel: `projects/${project}/notificationChannels/1` } }),
  },
  "proxy-and-trust": {
    adds: "google_compute_firewall.allow.ports=3128",
    environment: one({}, { network: { proxy: { http: "http://10.1.0.10:3128", bypass: [".example.com"] } }, trust: [certificate] }),
  },
  "public-api": {
    adds: "google_compute_forwarding_rule.load_balancing_scheme=EXTERNAL",
    environment: one({ dnsZone: { id: "public", name: "k8s.example.com" } }, { access: { api: "public", from: ["203.0.113.0/24"] } }),
  },
  arm64: {
    adds: "google_compute_instance_template.machine_type=c4a-standard-4",
    environment: one({}, { etcd: { seats: 1, architecture: "arm64" }, workers: { general: { min: 1, max: 3, architecture: "arm64" } } }),
  },
  spot: {
    adds: "google_compute_instance_template.scheduling.provisioning_model=SPOT",
    environment: one({}, { workers: { general: { min: 1, max: 3 }, batch: { min: 0, max: 10, spotPercent: 100 } } }),
  },
  flatcar: {
    adds: "google_compute_instance_template.shielded_instance_config.enable_secure_boot=false",
    environment: one({ image: { os: "flatcar", names: { amd64: "flatcar-stable-4593-2-5" }, project: "kinvolk-public" } }),
  },
  "older-machines": {
    adds: "google_compute_disk.type=pd-ssd",
    environment: one({}, { etcd: { seats: 1, size: "n2-standard-2" }, masters: { seats: 1, size: "n2-standard-4" } }),
  },
  calico: { adds: "google_compute_firewall.allow.ports=4789", environment: one({}, { addons: { cni: "calico" } }) },
  "company-flows": {
    adds: "google_compute_firewall.allow.ports=587",
    environment: one(
      {},
      { segmentation: { machines: [{ from: "workers", to: "10.1.2.0/24", ports: ["tcp/587"], why: "pods reach the mail relay" }] } },
    ),
  },
  protected: {
    adds: "google_compute_disk.lifecycle.prevent_destroy",
    environment: one({}, {}, { protect: true, backend: { type: "gcs", bucket: "example-state", project, location: "EU" } }),
  },
};
