import type { NodePlatform } from "../../node/platform";
import { vsphereApis } from "../../spec/flows-vsphere";
import { names } from "../../spec/names";
import { apiAddress } from "../../spec/subnets";
import type { VsphereSpec } from "./spec";

/** What the software on a machine must know of vSphere. */
export function node(spec: VsphereSpec): NodePlatform {
  const { placement } = spec;
  const { server, network, store, apiName, image } = placement;
  return {
    platform: "vsphere",
    os: image.os,
    // No key of the store's own: what seals objects there is the store's business.
    store: { kind: "s3", bucket: names.store(spec), region: store.region, endpoint: store.endpoint },
    bypass: [new URL(store.endpoint).hostname, server],
    timeServers: network.ntp,
    // Asked for when it is needed: rules look at the rest of a spec whose blocks are wrong.
    get api() {
      return { addresses: [sharedAddress(spec)], names: apiName === undefined ? [] : [apiName] };
    },
    cloudProvider: "external",
    // Nobody starts a machine that is off, until the reconcile run does.
    giveUp: "reboot",
    get ownNetwork() {
      return { apiAddress: sharedAddress(spec), cloud: vsphereApis(placement) };
    },
  };
}

/** The address that the masters share. */
export function sharedAddress({ placement }: Pick<VsphereSpec, "placement">): string {
  return placement.apiAddress ?? apiAddress(placement.network.seats);
}
