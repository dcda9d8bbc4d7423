import type { PlatformBuilder, PlatformFacts } from "../constructs/platform/platform";
import { awsFacts } from "../constructs/platform/aws/facts";
import { awsPlatform } from "../constructs/platform/aws/platform";
import { googleFacts } from "../constructs/platform/google/facts";
import { googlePlatform } from "../constructs/platform/google/platform";
import { vsphereFacts } from "../constructs/platform/vsphere/facts";
import { vspherePlatform } from "../constructs/platform/vsphere/platform";
import type { Placement } from "../constructs/spec/cluster-spec";

/** The one place that chooses by cloud. */
export function platformOf(placement: Placement): { readonly facts: PlatformFacts; readonly builder: PlatformBuilder } {
  switch (placement.cloud) {
    case "aws":
      return { facts: awsFacts, builder: awsPlatform };
    case "google":
      return { facts: googleFacts, builder: googlePlatform };
    case "vsphere":
      return { facts: vsphereFacts, builder: vspherePlatform };
  }
}
