import * as z from "zod";
import type { RoleConfiguration } from "../../constructs/spec/role-configuration";
import { leaves } from "../pki/leaves";
import type { Api } from "./api";
import { groups } from "./identities";
import { collections, pathOf } from "./objects";

interface Subject {
  readonly kind: "User" | "Group";
  readonly name: string;
}

/**
 * Roles of Kubernetes' own that the cluster's identities are given. Nothing is bound to the roles with which the controller
 * manager would approve certificates of nodes by itself: that is the masters' agents' to decide.
 */
export function bindings({ components }: Pick<RoleConfiguration, "components">): readonly object[] {
  return [
    binding("coppice:joining", "system:node-bootstrapper", [group(groups.joiningWorkers), group(groups.joiningMasters)]),
    binding("coppice:kubelet-api", "system:kubelet-api-admin", [{ kind: "User", name: apiServerUser() }]),
    // It comes as its node, so that workers need no second secret.
    ...(components.some(({ name }) => name === "kube-proxy")
      ? [binding("coppice:kube-proxy", "system:node-proxier", [group(groups.nodes)])]
      : []),
  ];
}

const operators = binding(groups.operators, "cluster-admin", [group(groups.operators)]);
/** In kube-system: operators were given their role, once. */
export const operatorsMarker = "coppice-operators";

export type Bound = { readonly kind: "bound" } | { readonly kind: "waits"; readonly reason: string };

/** Applies all bindings; changes nothing where they are. */
export async function keepRoles(api: Api, configuration: Pick<RoleConfiguration, "components">): Promise<Bound> {
  for (const object of bindings(configuration)) {
    const { metadata } = object as ReturnType<typeof binding>;
    const applied = await api.apply(pathOf.clusterRoleBinding(metadata.name), object);
    if (applied.kind !== "answered") return { kind: "waits", reason: applied.reason };
  }
  return bindOperatorsOnce(api);
}

/**
 * Operators' certificates cannot be taken back, their group's role can: whoever deletes the binding ends them all, and it is
 * not made again as long as the marker is there.
 */
async function bindOperatorsOnce(api: Api): Promise<Bound> {
  const marker = pathOf.configMap(operatorsMarker);
  const found = await api.get(marker, z.unknown());
  if (found.kind === "answered") return { kind: "bound" };
  if (found.kind !== "absent") return { kind: "waits", reason: found.reason };
  const created = await api.create(collections.clusterRoleBindings, operators);
  if (created.kind !== "answered" && created.kind !== "conflict") return { kind: "waits", reason: created.reason };
  const marked = await api.create(collections.configMaps, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: operatorsMarker, namespace: "kube-system" },
    data: {
      note: `delete the ClusterRoleBinding ${groups.operators} to end all operators' certificates; delete this too to bind them again`,
    },
  });
  return marked.kind === "answered" || marked.kind === "conflict" ? { kind: "bound" } : { kind: "waits", reason: marked.reason };
}

function binding(name: string, role: string, subjects: readonly Subject[]) {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name, labels: { "app.kubernetes.io/managed-by": "coppice" } },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: subjects.map((subject) => ({ ...subject, apiGroup: "rbac.authorization.k8s.io" })),
  };
}

function group(name: string): Subject {
  return { kind: "Group", name };
}

/** Whom kubelets know the API server as: the name in its certificate. */
function apiServerUser(): string {
  const leaf = leaves["/etc/kubernetes/pki/apiserver-kubelet-client"];
  if (!leaf) throw new Error("the API server has no certificate for kubelets");
  return leaf.profile({ cluster: "", name: "", address: "" }).commonName;
}
