import type { Environment } from "../constructs/spec/environment";
import { base } from "./base";

/** One of everything, in one zone: cheap, and gone without a trace. It grows back, but not through the loss of its zone. */
export const environment: Environment = {
  cluster: {
    ...base,
    name: "dev",
    placement: {
      cloud: "aws",
      account: "111122223333",
      region: "eu-central-1",
      zones: ["eu-central-1a"],
      network: { nat: "single", endpoints: false, flowLogDays: 7 },
    },
    etcd: { seats: 1, size: "t3.medium", volumeGiB: 20, quotaGiB: 2 },
    masters: { seats: 1, size: "t3.large" },
    workers: { general: { min: 1, max: 3, size: "t3.large", diskGiB: 40 } },
  },
  backend: { type: "s3", bucket: "example-terraform-state-dev", region: "eu-central-1" },
  protect: false,
};
