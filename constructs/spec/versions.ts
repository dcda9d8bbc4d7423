/**
 * What runs on the machines. The digest of each file stands beside its version in `assets.json`; a version without
 * digests for every architecture does not compile (see `test/spec/artifacts.test.ts`).
 */

/** Kubernetes versions that this release builds. Next ones: https://kubernetes.io/releases/ */
export const kubernetesVersions = ["1.35.4", "1.35.5", "1.35.6", "1.35.7", "1.36.1", "1.36.2", "1.36.3"] as const;
export type KubernetesVersion = (typeof kubernetesVersions)[number];

/** The newest version of the same minor, or of the nearest one that this release builds. */
export function nearestKubernetes(text: string): KubernetesVersion {
  const [, minor = 0] = text.replace(/^v/, "").split(".").map(Number);
  const distance = (version: string): number => Math.abs(Number(version.split(".")[1]) - minor);
  return [...kubernetesVersions].reverse().sort((a, b) => distance(a) - distance(b))[0] ?? defaultKubernetes;
}

/** The newest patch of the minor that all add-ons support. */
export const defaultKubernetes: KubernetesVersion = "1.35.7";

export const etcdVersion = "3.6.14"; // https://github.com/etcd-io/etcd/releases
export const containerdVersion = "2.3.4"; // https://github.com/containerd/containerd/releases
export const runcVersion = "1.4.3"; // https://github.com/opencontainers/runc/releases
export const cniPluginsVersion = "1.9.1"; // https://github.com/containernetworking/plugins/releases
/** The runtime of the agent, which is not the Node that runs this program. https://nodejs.org/dist/ */
export const nodeVersion = "24.18.0";

/**
 * The container that holds a pod's namespaces, by digest of its index of architectures; the version is what kubeadm of
 * that minor pins (cmd/kubeadm/app/constants/constants.go).
 */
export const pauseImages: Readonly<Record<"1.35" | "1.36", string>> = {
  "1.35": "registry.k8s.io/pause:3.10.1@sha256:278fb9dbcca9518083ad1e11276933a2e96f23de604a3a08cc3c80002767d24c",
  "1.36": "registry.k8s.io/pause:3.10.2@sha256:f548e0e8e3dc1896ca956272154dde3314e8cc4fde0a57577ee9fa1c63f5baf4",
};

/** @param kubernetes of the machine's own kubelet */
export function pauseImage(kubernetes: string): string {
  return pauseImages[kubernetes.startsWith("1.35.") ? "1.35" : "1.36"];
}

export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** What a machine boots; Flatcar takes Ignition, the others cloud-init. */
export const operatingSystems = ["flatcar", "debian", "ubuntu"] as const;
export type OperatingSystem = (typeof operatingSystems)[number];
