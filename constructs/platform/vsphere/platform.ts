import { VsphereProvider } from "@cdktf/provider-vsphere/lib/provider";
import type { TerraformStack } from "cdktf";
import type { PlatformBuilder } from "../platform";
import { apart, inZones } from "./affinity";
import { contextOf } from "./context";
import { etcdTier } from "./etcd";
import { vsphereFacts } from "./facts";
import { storeSecrets } from "./guestinfo";
import { templatesOf, type Inventory } from "./machine";
import { masterTier } from "./masters";
import { sharedAddress } from "./node";
import { sitesOf } from "./sites";
import type { VsphereSpec } from "./spec";
import { desiredObject, store, storeProvider } from "./store";
import { tagsOf } from "./tags";
import { variable } from "./variables";
import { workerTier } from "./workers";

/** A cluster on vSphere, tier by tier. */
export const vspherePlatform: PlatformBuilder<VsphereSpec> = {
  network(stack, spec, options) {
    provider(stack, spec);
    storeProvider(stack, spec);
    const context = contextOf(stack, spec, vsphereFacts.node(spec), options);
    store(context);
    const tags = tagsOf(context);
    const sites = sitesOf(context, tags);
    const inventory: Inventory = { sites, tags, templates: templatesOf(context, sites.datacenterId), secrets: storeSecrets(context) };
    return {
      etcdTier() {
        const members = etcdTier(context, inventory);
        apart(context, "etcd", members);
        return {
          masterTier() {
            const masters = masterTier(context, inventory);
            apart(context, "masters", masters);
            return {
              workerTier() {
                inZones(context, [...members, ...masters, ...workerTier(context, inventory)]);
                return {
                  outputs: {
                    api: { value: spec.placement.apiName ?? sharedAddress(spec), description: "host of the API" },
                    store: { value: context.node.store.bucket, description: "bucket of the cluster store" },
                    machines: { value: sites.folder, description: "folder of the machines" },
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
    storeProvider(stack, spec);
    for (const [key, text] of Object.entries(objects)) desiredObject({ stack, node: vsphereFacts.node(spec) }, key, text);
  },
};

/** Who logs in at the vCenter are variables: `TF_VAR_vsphere_user`, `TF_VAR_vsphere_password`. */
function provider(stack: TerraformStack, { placement: { server } }: VsphereSpec): void {
  new VsphereProvider(stack, "vsphere", {
    vsphereServer: server,
    user: variable(stack, "vsphere_user", "who makes the cluster's machines in the vCenter"),
    password: variable(stack, "vsphere_password", "their password", { sensitive: true }),
  });
}
