import type { ClusterSpec } from "../spec/cluster-spec";
import type { NodeFile } from "../spec/role-configuration";
import { kubernetes } from "./paths";
import { yamlText } from "./yaml-text";

export const apiServerPaths = {
  authentication: `${kubernetes}/authentication.yaml`,
  admission: `${kubernetes}/admission.yaml`,
  audit: `${kubernetes}/audit.yaml`,
} as const;

/** What the API server reads that is no secret. */
export function apiServerFiles(spec: ClusterSpec): NodeFile[] {
  return [
    file(apiServerPaths.authentication, authentication(spec)),
    file(apiServerPaths.admission, admission),
    file(apiServerPaths.audit, audit),
  ];
}

function file(path: string, content: unknown): NodeFile {
  return { path, mode: "0600", owner: "root:root", text: yamlText(content) };
}

/** Nobody is anonymous but for the health of the server: load balancers have no certificate. */
function authentication(spec: ClusterSpec) {
  const { oidc } = spec.access;
  return {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    anonymous: { enabled: true, conditions: ["/livez", "/readyz", "/healthz"].map((path) => ({ path })) },
    ...(oidc && {
      jwt: [
        {
          issuer: { url: oidc.issuer, audiences: [oidc.clientId] },
          claimMappings: {
            username: { claim: oidc.usernameClaim, prefix: oidc.prefix },
            groups: { claim: oidc.groupsClaim, prefix: oidc.prefix },
          },
        },
      ],
    }),
  };
}

/**
 * Baseline is enforced, restricted is warned of. kube-system holds the network, volume and cloud drivers, which are
 * privileged by what they do.
 */
const podSecurity = {
  apiVersion: "pod-security.admission.config.k8s.io/v1",
  kind: "PodSecurityConfiguration",
  defaults: {
    enforce: "baseline",
    "enforce-version": "latest",
    audit: "restricted",
    "audit-version": "latest",
    warn: "restricted",
    "warn-version": "latest",
  },
  exemptions: { usernames: [], runtimeClasses: [], namespaces: ["kube-system"] },
};

/** A loop that writes events must not fill etcd: half a million of them are kept an hour at most. */
const eventRateLimit = {
  apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
  kind: "Configuration",
  limits: [
    { type: "Server", qps: 150, burst: 1500 },
    { type: "Namespace", qps: 50, burst: 500, cacheSize: 2000 },
  ],
};

const admission = {
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "AdmissionConfiguration",
  plugins: [
    { name: "EventRateLimit", configuration: eventRateLimit },
    { name: "PodSecurity", configuration: podSecurity },
  ],
};

/** First match counts. What holds secrets is logged without its body, what nobody asks about not at all. */
const audit = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", nonResourceURLs: ["/livez*", "/readyz*", "/healthz*", "/version", "/metrics"] },
    {
      level: "None",
      resources: [
        { group: "coordination.k8s.io", resources: ["leases"] },
        { group: "", resources: ["events"] },
      ],
    },
    {
      level: "Metadata",
      resources: [
        { group: "", resources: ["secrets", "configmaps", "serviceaccounts/token"] },
        { group: "authentication.k8s.io", resources: ["tokenreviews"] },
      ],
    },
    {
      level: "Request",
      verbs: ["create", "update", "patch", "delete", "deletecollection"],
      resources: [
        { group: "rbac.authorization.k8s.io" },
        { group: "certificates.k8s.io" },
        { group: "admissionregistration.k8s.io" },
        { group: "", resources: ["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"] },
      ],
    },
    { level: "Metadata" },
  ],
};
