import type { Store } from "../agent/store/store";
import type { NodePlatform } from "../constructs/node/platform";
import { platformOf } from "../stacks/platforms";
import { readEnvironments } from "../stacks/synthesize";
import { clusterIn, type Cluster } from "./cluster";
import { openGcs } from "./store-gcs";
import { openS3 } from "./store-s3";

/** @throws InvalidEnvironment, or Error when there is no such environment */
export function openCluster(environment: string): Cluster {
  const read = readEnvironments([environment])[environment];
  if (!read) throw new Error(`there is no environments/${environment}.ts`);
  const { cluster: spec } = read;
  const platform = platformOf(spec.placement).facts.node(spec);
  return clusterIn(environment, spec, platform, openStore(platform));
}

function openStore({ store }: NodePlatform): Store {
  switch (store.kind) {
    case "s3":
      return openS3(store);
    case "gcs":
      return openGcs(store);
  }
}
