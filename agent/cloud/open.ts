import type { MachineIdentity } from "../../constructs/spec/store";
import { instanceCredentials } from "../store/credentials-aws";
import { machineToken } from "../store/credentials-google";
import { Aws } from "./aws";
import type { Cloud } from "./cloud";
import { computeAt } from "./compute";
import { ec2At } from "./ec2";
import { Google } from "./google";
import { awsMetadataService } from "./metadata-aws";
import { googleMetadataService } from "./metadata-google";

/** The cloud of this machine. @throws Error for one that this agent does not know */
export function openCloud({ platform, cluster, store }: Pick<MachineIdentity, "platform" | "cluster" | "store">): Cloud {
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
      throw new Error(`this agent does not know ${platform} yet`);
  }
}
