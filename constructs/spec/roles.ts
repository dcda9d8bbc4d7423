/** What a machine is. */
export const roles = ["etcd", "master", "worker"] as const;
export type Role = (typeof roles)[number];
