import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { desiredAddons } from "../constructs/addons/desired";
import type { CompleteEnvironment } from "../constructs/spec/environment";
import { keepState } from "./backend";
import { platformOf } from "./platforms";
import { requireTerraform } from "./terraform-version";

/** What the cluster is to run besides itself: an object in its store, which the masters read. It never talks to the API server. */
export class AddonsStack extends TerraformStack {
  constructor(scope: Construct, name: string, environment: CompleteEnvironment) {
    super(scope, name);
    requireTerraform(this);
    keepState(this, environment.backend);
    const { builder } = platformOf(environment.cluster.placement);
    const addons = `${JSON.stringify(desiredAddons(environment.cluster), null, 2)}\n`;
    builder.storeObjects(this, environment.cluster, { "desired/addons": addons });
  }
}
