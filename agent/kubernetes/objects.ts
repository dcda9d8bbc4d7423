import * as z from "zod";

/** Paths and shapes of the API's objects, as far as the agent looks at them; what else they hold stays in what is sent back. */
const named = (collection: string) => (name: string) => `${collection}/${name}`;

export const collections = {
  nodes: "/api/v1/nodes",
  pods: "/api/v1/pods",
  ownPods: "/api/v1/namespaces/kube-system/pods",
  requests: "/apis/certificates.k8s.io/v1/certificatesigningrequests",
  leases: "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
  secrets: "/api/v1/namespaces/kube-system/secrets",
  configMaps: "/api/v1/namespaces/kube-system/configmaps",
  clusterRoleBindings: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
} as const;

export const pathOf = {
  node: named(collections.nodes),
  lease: named(collections.leases),
  ownPod: named(collections.ownPods),
  secret: named(collections.secrets),
  configMap: named(collections.configMaps),
  request: named(collections.requests),
  clusterRoleBinding: named(collections.clusterRoleBindings),
} as const;

const texts = z.record(z.string(), z.string());
const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: z.string().optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
  ownerReferences: z.array(z.looseObject({ kind: z.string(), controller: z.boolean().optional() })).optional(),
});

const conditions = z.array(z.looseObject({ type: z.string(), status: z.string() }));

export const node = z.looseObject({
  metadata,
  spec: z.looseObject({ providerID: z.string().optional(), unschedulable: z.boolean().optional() }).optional(),
  status: z.looseObject({ conditions: conditions.optional() }).optional(),
});
export type Node = z.output<typeof node>;

export const lease = z.object({ metadata, spec: z.object({ renewTime: z.string().optional() }).optional() });
export type Lease = z.output<typeof lease>;

export const configMap = z.looseObject({ metadata, data: texts.optional() });

/** Data are base64. */
export const secret = z.looseObject({ metadata, data: texts.optional() });

export const pod = z.object({ metadata, status: z.object({ phase: z.string().optional(), podIP: z.string().optional() }).optional() });
export type Pod = z.output<typeof pod>;

export const signingRequest = z.looseObject({
  metadata,
  spec: z.looseObject({
    signerName: z.string(),
    /** PEM, as base64. */
    request: z.string(),
    usages: z.array(z.string()).optional(),
    /** Who has created it, by the word of the API server. */
    username: z.string().optional(),
    groups: z.array(z.string()).optional(),
  }),
  status: z.looseObject({ conditions: z.array(z.looseObject({ type: z.string() })).optional() }).optional(),
});
export type SigningRequest = z.output<typeof signingRequest>;
