import type { Environment } from "../constructs/spec/environment";
import { base } from "./base";

/** Three zones, three seats a tier, and pools for what runs always, what may be interrupted, and what runs on Graviton. */
export const environment: Environment = {
  cluster: {
    ...base,
    name: "prod",
    placement: {
      cloud: "aws",
      account: "111122223333",
      region: "eu-central-1",
      zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
      alarms: { topic: "arn:aws:sns:eu-central-1:111122223333:on-call" },
    },
    workers: {
      general: { min: 3, max: 30 },
      batch: {
        min: 0,
        max: 60,
        size: { cpus: 8, memoryGiB: 32 },
        alternatives: ["m7i-flex.2xlarge", "m6i.2xlarge", "m6a.2xlarge"],
        spotPercent: 100,
        labels: { "example.com/pool": "batch" },
        taints: [{ key: "example.com/batch", effect: "NoSchedule" }],
      },
      graviton: { min: 1, max: 15, architecture: "arm64" },
    },
  },
  backend: { type: "s3", bucket: "example-terraform-state-prod", region: "eu-central-1" },
  protect: true,
};
