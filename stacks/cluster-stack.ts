import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { CompleteEnvironment } from "../constructs/spec/environment";
import { keepState } from "./backend";
import { platformOf } from "./platforms";
import { requireTerraform } from "./terraform-version";

/** Network, etcd, masters and workers of one environment. */
export class ClusterStack extends TerraformStack {
  /** @param agent digest of its bundle */
  constructor(scope: Construct, name: string, environment: CompleteEnvironment, agent: string) {
    super(scope, name);
    requireTerraform(this);
    keepState(this, environment.backend);
    const { builder } = platformOf(environment.cluster.placement);
    const { outputs } = builder
      .network(this, environment.cluster, { protect: environment.protect, agent })
      .etcdTier()
      .masterTier()
      .workerTier();
    for (const [output, { value, description }] of Object.entries(outputs)) new TerraformOutput(this, output, { value, description });
  }
}
