import { vcenterAccount, type MachineIdentity, type VcenterAccount } from "../../constructs/spec/store";
import { instanceCredentials } from "../store/credentials-aws";
import { machineToken } from "../store/credentials-google";
import { Aws } from "./aws";
import type { Cloud } from "./cloud";
import { computeAt } from "./compute";
import { ec2At } from "./ec2";
import { Google } from "./google";
import { awsMetadataService } from "./metadata-aws";
import { googleMetadataService } from "./metadata-google";
import type { Objects } from "../store/objects";
import { keys } from "../store/keys";
import type { Known } from "./cloud";
import { vcenterWith } from "./vcenter";
import { Vsphere } from "./vsphere";

/** The cloud of this machine. */
export function openCloud(
  { platform, cluster, store }: Pick<MachineIdentity, "platform" | "cluster" | "store">,
  objects: Pick<Objects, "read">,
): Cloud {
  switch (platform) {
    case "aws": {
      // The services of a region differ in the first label of their host.
      const endpoint = new URL(store.endpoint);
      endpoint.hostname = endpoint.hostname.replace(/^s3\./, "ec2.");
      return new Aws(cluster, awsMetadataService(), ec2At(endpoint.href, store.region, instanceCredentials()));
    }
    case "google":
      return new Google(cluster, googleMetadataService(), computeAt(machineToken()));
    case "vsphere":
      return new Vsphere(
        cluster,
        vcenterWith(() => accountIn(objects)),
      );
  }
}

/** A person has put it into the store; only masters may read it. */
async function accountIn(objects: Pick<Objects, "read">): Promise<Known<VcenterAccount>> {
  const read = await objects.read(keys.vcenterAccount, vcenterAccount);
  if (read.kind === "found") return { kind: "known", value: read.value };
  return {
    kind: "unknown",
    reason: read.kind === "absent" ? "no account of the vCenter is in the store: npx coppice vcenter" : read.reason,
  };
}
