import type { Environment } from "../constructs/spec/environment";
import { base } from "./base";

/** As prod-aws, on Google Cloud: the same cluster in another place, on machines of other names. */
export const environment: Environment = {
  cluster: {
    ...base,
    name: "prod",
    placement: {
      cloud: "google",
      project: "example-platform",
      region: "europe-west4",
      zones: ["europe-west4-a", "europe-west4-b", "europe-west4-c"],
      alarms: { channel: "projects/example-platform/notificationChannels/1234567890" },
    },
    workers: {
      general: { min: 3, max: 30 },
      batch: {
        min: 0,
        max: 60,
        size: { cpus: 8, memoryGiB: 32 },
        spotPercent: 100,
        labels: { "example.com/pool": "batch" },
        taints: [{ key: "example.com/batch", effect: "NoSchedule" }],
      },
      graviton: { min: 1, max: 15, architecture: "arm64" },
    },
  },
  backend: { type: "gcs", bucket: "example-terraform-state-prod", project: "example-platform", location: "EU" },
  protect: true,
};
