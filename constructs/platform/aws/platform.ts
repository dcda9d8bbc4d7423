import type { TerraformStack } from "cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { tags } from "../../spec/names";
import type { PlatformBuilder } from "../platform";
import { contextOf } from "./context";
import { etcdTier } from "./etcd";
import { awsFacts } from "./facts";
import { keys } from "./keys";
import { masterTier } from "./masters";
import { networkOf } from "./network";
import { securityGroups } from "./security-groups";
import { desiredObject, store } from "./store";
import { workerTier } from "./workers";
import type { AwsSpec } from "./spec";

/** A cluster on AWS, tier by tier. */
export const awsPlatform: PlatformBuilder<AwsSpec> = {
  network(stack, spec, options) {
    provider(stack, spec);
    const context = contextOf(stack, spec, awsFacts.node(spec), options);
    const sealed = keys(context);
    store(context, sealed);
    const network = networkOf(context, sealed);
    const groups = securityGroups(context, network);
    return {
      etcdTier() {
        etcdTier(context, network, groups, sealed);
        return {
          masterTier() {
            const api = masterTier(context, network, groups, sealed);
            return {
              workerTier() {
                workerTier(context, network, groups, sealed);
                return {
                  outputs: {
                    api: { value: api.host, description: "host of the API" },
                    store: { value: context.node.store.bucket, description: "bucket of the cluster store" },
                    vpc: { value: network.vpc, description: "id of the network" },
                  },
                };
              },
            };
          },
        };
      },
    };
  },

  storeObjects(stack, spec, objects) {
    provider(stack, spec);
    for (const [key, text] of Object.entries(objects)) desiredObject({ stack, node: awsFacts.node(spec) }, key, text);
  },
};

function provider(stack: TerraformStack, spec: AwsSpec): void {
  const { region, account } = spec.placement;
  new AwsProvider(stack, "aws", { region, allowedAccountIds: [account], defaultTags: [{ tags: tags(spec) }] });
}
