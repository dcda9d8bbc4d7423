/** Users and groups of the cluster: what certificates and tokens say, and what roles are bound to. */
export const groups = {
  /** Holders of the token in the join object. */
  joiningWorkers: "system:bootstrappers:coppice:workers",
  /** Holders of a certificate that only a master can make. */
  joiningMasters: "system:bootstrappers:coppice:masters",
  operators: "coppice:operators",
  nodes: "system:nodes",
} as const;

export const nodeUser = (node: string): string => `system:node:${node}`;
/** A master's machine before it is a node. */
export const joiningMaster = (node: string): string => `coppice:bootstrap:${node}`;
/** Whoever holds a bootstrap token. */
export const tokenUser = /^system:bootstrap:[a-z0-9]{6}$/;

/** Of the agent, in what it applies. */
export const fieldManager = "coppice";
