import * as z from "zod";
import type { MakeServices } from "../cloud/services";
import type { Instance } from "../cloud/messages";
import { storeFront } from "../store/front";
import type { Gateway } from "../store/gateway";
import type { Caller } from "../store/rights";
import { vcenter } from "./vcenter";

/** S3 for the credentials of tiers, and the vCenter's API. */
export const services: MakeServices = ({ gateway, tls, addresses }, { instances }, lab) => ({
  store: storeFront(tls, gateway as Gateway, (_, accessKey) => {
    const credentials = [...instances.values()].map((instance) => ({ instance, ...credentialsOf(instance) }));
    const found = credentials.find(({ accessKeyId }) => accessKeyId === accessKey);
    return found && { caller: tierOf(found.instance), credentials: found };
  }),
  others: [{ server: vcenter(tls, lab), port: 443, address: addresses.api }],
});

const credential = z.strictObject({ accessKeyId: z.string(), secretAccessKey: z.string() });

/** What a machine of a tier signs with, whichever one it is. */
export const credentialsOf = ({ values }: Pick<Instance, "values">) =>
  credential.parse(JSON.parse(values["guestinfo.coppice.store"] ?? "null"));

/** A tier's credential serves all of its seats. */
function tierOf({ caller: { role, seat } }: Instance): Caller {
  return { role, ...(seat !== undefined && { seat: "*" }) };
}
