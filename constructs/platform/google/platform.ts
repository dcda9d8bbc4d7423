import type { TerraformStack } from "cdktf";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import type { PlatformBuilder } from "../platform";
import { accounts } from "./access";
import { contextOf } from "./context";
import { etcdTier } from "./etcd";
import { googleFacts } from "./facts";
import { firewall } from "./firewall";
import { keys } from "./keys";
import { labels } from "./labels";
import { balancerOf } from "./load-balancer";
import { masterTier } from "./masters";
import { networkOf } from "./network";
import type { GoogleSpec } from "./spec";
import { desiredObject, store } from "./store";
import { workerTier } from "./workers";

/** A cluster on Google Cloud, tier by tier. */
export const googlePlatform: PlatformBuilder<GoogleSpec> = {
  network(stack, spec, options) {
    provider(stack, spec);
    const context = contextOf(stack, spec, googleFacts.node(spec), options);
    const sealed = keys(context);
    const bucket = store(context, sealed);
    const people = accounts(context, bucket.name);
    const network = networkOf(context);
    const balancer = balancerOf(context, network);
    // Groups come after the firewall: probes that are not let through are a reason to replace a machine.
    const rules = firewall(context, network, people, balancer.address);
    return {
      etcdTier() {
        etcdTier(context, network, people, sealed, rules);
        return {
          masterTier() {
            const host = masterTier(context, network, people, sealed, balancer, rules);
            return {
              workerTier() {
                const groups = workerTier(context, network, people, sealed, rules);
                const nodes = groups.map(({ group, zone, min, max }) => `${min}:${max}:${spec.placement.project}/${zone}/${group}`);
                return {
                  outputs: {
                    api: { value: host, description: "host of the API" },
                    store: { value: context.node.store.bucket, description: "bucket of the cluster store" },
                    vpc: { value: network.vpc, description: "name of the network" },
                    autoscaler: { value: nodes.join(" "), description: "bounds of worker groups: min:max:project/zone/group" },
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
    for (const [key, text] of Object.entries(objects)) desiredObject({ stack, node: googleFacts.node(spec) }, key, text);
  },
};

function provider(stack: TerraformStack, spec: GoogleSpec): void {
  const { region, project } = spec.placement;
  new GoogleProvider(stack, "google", { region, project, defaultLabels: labels(spec) });
}
