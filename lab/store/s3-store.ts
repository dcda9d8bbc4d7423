import { join } from "node:path";
import { makeCgroups } from "../cgroups";
import { labFile } from "../files";
import { bucketOf } from "./bucket";
import { requireGateway, startGateway } from "./gateway";
import type { StoreKind } from "./running";

/** What speaks S3. */
export const s3Store: StoreKind = {
  require: requireGateway,
  async start({ run, env, bucket: name, region }) {
    const before = [labFile("enter.sh"), ...makeCgroups(`${run.id}/store`), "--"];
    const { socket, credentials } = await startGateway(requireGateway(env), {
      folder: join(run.folder, "store"),
      region,
      bucket: name,
      before,
    });
    const gateway = { socket, region, bucket: name, credentials };
    return { gateway, bucket: bucketOf(gateway) };
  },
};
