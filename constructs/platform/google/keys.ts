import { KmsCryptoKey } from "@cdktf/provider-google/lib/kms-crypto-key";
import { KmsCryptoKeyIamMember } from "@cdktf/provider-google/lib/kms-crypto-key-iam-member";
import { KmsKeyRing } from "@cdktf/provider-google/lib/kms-key-ring";
import { DataGoogleProject } from "@cdktf/provider-google/lib/data-google-project";
import type { ITerraformDependable } from "cdktf";
import { names } from "../../spec/names";
import { dataLifecycle, type Context } from "./context";
import { keyName, purposes, type Purpose } from "./key-names";

/** Full names of the keys, by what they seal. */
export type Keys = Readonly<Record<Purpose, string>> & {
  /** What must be there before something is sealed: the right of the service that seals it. */
  readonly before: Readonly<Record<Purpose, ITerraformDependable[]>>;
};

/** 90 days: CIS Google Cloud benchmark 1.10. */
const rotation = `${90 * 24 * 3600}s`;

/** Who seals with a key: Cloud Storage and Compute Engine do so themselves, so no machine has a right to any key. */
const sealers: Readonly<Record<Purpose, string>> = {
  store: "gs-project-accounts",
  secrets: "gs-project-accounts",
  volumes: "compute-system",
};

/** Keys of the cluster, in a ring of its own. Rings and keys cannot be deleted, only their versions. */
export function keys(context: Context): Keys {
  const { spec, placement } = context;
  const wanted = purposes.filter((purpose) => placement.keys?.[purpose] === undefined);
  const made = wanted.length > 0 ? ring(context, wanted) : new Map<Purpose, Key>();
  const name = (purpose: Purpose): string => made.get(purpose)?.id ?? keyName(spec, purpose);
  const before = (purpose: Purpose): ITerraformDependable[] => {
    const key = made.get(purpose);
    return key ? [key.right] : [];
  };
  return {
    store: name("store"),
    secrets: name("secrets"),
    volumes: name("volumes"),
    before: { store: before("store"), secrets: before("secrets"), volumes: before("volumes") },
  };
}

interface Key {
  readonly id: string;
  readonly right: KmsCryptoKeyIamMember;
}

function ring(context: Context, wanted: readonly Purpose[]): ReadonlyMap<Purpose, Key> {
  const { stack, spec, placement } = context;
  const project = new DataGoogleProject(stack, "project", { projectId: placement.project });
  const keyRing = new KmsKeyRing(stack, "keys", { name: names.keyRing(spec), location: placement.region, ...dataLifecycle(context) });
  return new Map(
    wanted.map((purpose) => {
      const { id } = new KmsCryptoKey(stack, `${purpose}-key`, {
        keyRing: keyRing.id,
        name: purpose,
        rotationPeriod: rotation,
        ...dataLifecycle(context),
      });
      const right = new KmsCryptoKeyIamMember(stack, `${purpose}-key-use`, {
        cryptoKeyId: id,
        role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        member: `serviceAccount:service-\${${project.fqn}.number}@${sealers[purpose]}.iam.gserviceaccount.com`,
      });
      return [purpose, { id, right }];
    }),
  );
}
