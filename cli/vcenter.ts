import { keys } from "../agent/store/keys";
import { vcenterAccount, type VcenterAccount } from "../constructs/spec/store";
import type { Cluster } from "./cluster";

/**
 * Puts the account into the store, where only masters read it: by it they know whether who asks for a certificate is a
 * machine of the cluster. A changed password is put there in the same way.
 * @returns what was done
 * @throws Error where the cluster is not on vSphere, the password is missing, or the store fails
 */
export async function giveVcenterAccount({ spec, objects }: Cluster, user: string, password: string): Promise<string> {
  const { placement } = spec;
  if (!("server" in placement)) throw new Error(`${spec.name} has no vCenter`);
  if (password === "") throw new Error("COPPICE_VCENTER_PASSWORD is not set: the password belongs in no command line");
  const account: VcenterAccount = { server: placement.server, user, password };
  const before = await objects.read(keys.vcenterAccount, vcenterAccount);
  if (before.kind !== "found" && before.kind !== "absent" && before.kind !== "torn")
    throw new Error(`${keys.vcenterAccount}: ${before.reason}`);
  const written =
    before.kind === "absent"
      ? await objects.create(keys.vcenterAccount, account)
      : await objects.replace(keys.vcenterAccount, account, before.version);
  if (written.kind !== "written")
    throw new Error(`${keys.vcenterAccount}: ${written.kind === "conflict" ? "somebody else wrote it" : written.reason}`);
  return `${user} is the masters' account of ${placement.server} now`;
}
