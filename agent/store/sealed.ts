import { storeAccess } from "../../constructs/spec/store-access";

const prefixes = storeAccess.filter(({ secret }) => secret).map(({ objects }) => objects.replace(/\*$/, ""));

/** Whether an object is one of those that only the control plane can unseal. */
export function isSealed(key: string): boolean {
  return prefixes.some((prefix) => key.startsWith(prefix));
}
