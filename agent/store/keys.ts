/** Keys of the cluster store that agents of the control plane use; `constructs/spec/store-access.ts` says who may do what. */
export const keys = {
  desired: (role: string) => `desired/${role}`,
  epoch: "epoch",
  recovery: "recovery",
  permit: "permit",
  /** Among the keys of the cluster, which only masters read. */
  vcenterAccount: "pki/cluster/vcenter",
  vote: (round: number, seat: string) => `votes/${round}/${seat}`,
  status: (seat: string) => `seats/${seat}`,
  approval: (epoch: number) => `approve/${epoch}`,
  rollout: (role: string) => `rollout/${role}`,
  snapshots: "snapshots/",
  snapshot: (epoch: number, revision: number) => `snapshots/${epoch}/${revision}.json`,
  snapshotData: (epoch: number, revision: number) => `snapshots/${epoch}/${revision}.db`,
};
