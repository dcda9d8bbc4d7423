import { objectsOf, type Right } from "../../spec/store-access";
import type { Role } from "../../spec/roles";

/**
 * What a machine may do, as roles of the project: Google's own roles allow more. To overwrite an object is to delete it
 * there, so who may only create can change nothing: what S3 is told by a condition, these rights say by themselves.
 * @see https://cloud.google.com/storage/docs/access-control/iam-permissions
 */
export const permissions = {
  list: ["storage.objects.list"],
  read: ["storage.objects.get"],
  create: ["storage.objects.create"],
  write: ["storage.objects.create", "storage.objects.delete"],
  remove: ["storage.objects.delete"],
  disk: ["compute.disks.get"],
  instances: ["compute.instances.list"],
} as const;
export type Permitted = keyof typeof permissions;

/** What a machine calls Google for, whatever its rights: https://cloud.google.com/compute/docs/access/service-accounts#accesscopesiam */
export const scopes: Readonly<Record<Role, readonly string[]>> = {
  etcd: ["devstorage.read_write", "compute.readonly"],
  // The cloud controller and the disk driver run there.
  master: ["devstorage.read_write", "compute"],
  worker: ["devstorage.read_write"],
};
export const scopeUrl = (scope: string): string => `https://www.googleapis.com/auth/${scope}`;

/** A condition has at most 12 logical operators: https://cloud.google.com/iam/quotas */
const mostTerms = 12;

/** The objects that a machine may use in one way, as conditions on their names, each short enough. */
export function conditions(bucket: string, role: Role, right: Right, seat?: string): readonly string[] {
  const terms = objectsOf(role, right, seat).map((objects) => {
    const name = `projects/_/buckets/${bucket}/objects/${objects}`;
    return name.endsWith("*") ? `resource.name.startsWith("${name.slice(0, -1)}")` : `resource.name == "${name}"`;
  });
  const chunks = Array.from({ length: Math.ceil(terms.length / mostTerms) }, (_, chunk) =>
    terms.slice(chunk * mostTerms, (chunk + 1) * mostTerms),
  );
  return chunks.map((chunk) => chunk.join(" || "));
}
