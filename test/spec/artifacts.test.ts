import { artifact } from "../../constructs/spec/artifacts";
import { assets } from "../../constructs/spec/assets.json";
import {
  architectures,
  cniPluginsVersion,
  containerdVersion,
  defaultKubernetes,
  etcdVersion,
  kubernetesVersions,
  nearestKubernetes,
  nodeVersion,
  pauseImages,
  runcVersion,
} from "../../constructs/spec/versions";

const kubernetes = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubectl"];
const others = [
  ["etcd", etcdVersion],
  ["containerd", containerdVersion],
  ["runc", runcVersion],
  ["cni-plugins", cniPluginsVersion],
  ["node", nodeVersion],
] as const;

it.each([...kubernetesVersions.flatMap((version) => kubernetes.map((name) => [name, version] as const)), ...others])(
  "knows %s %s for every architecture",
  (name, version) => {
    const files = artifact(name, version);
    for (const architecture of architectures) {
      const { url, sha256 } = files[architecture];
      expect(url).toMatch(/^https:\/\//);
      expect(url).toContain(version);
      expect(url).toMatch(architecture === "amd64" ? /amd64|x64/ : /arm64/);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(files.amd64.sha256).not.toBe(files.arm64.sha256);
  },
);

it("holds one digest per file, and none of a version that nothing uses", () => {
  const keys = assets.map(({ name, version, arch }) => `${name} ${version} ${arch}`);
  expect(new Set(keys).size).toBe(keys.length);
  const used = [...kubernetesVersions, ...others.map(([, version]) => version)];
  expect(assets.filter(({ version }) => !used.includes(version as never))).toEqual([]);
  expect(assets.filter(({ seenIn }) => seenIn.length === 0)).toEqual([]);
});

it("keeps the upstream path behind a mirror", () => {
  const upstream = artifact("kubelet", defaultKubernetes).arm64;
  expect(artifact("kubelet", defaultKubernetes, { mirror: "https://mirror.example.com/files" }).arm64).toEqual({
    url: `https://mirror.example.com/files/dl.k8s.io/release/v${defaultKubernetes}/bin/linux/arm64/kubelet`,
    sha256: upstream.sha256,
  });
});

it("takes the digest of a file that somebody has built, for its own architecture and under its upstream URL", () => {
  const upstream = artifact("kubelet", defaultKubernetes);
  const sources = { mirror: "https://mirror.example.com", builds: { [upstream.amd64.url]: "0".repeat(64) } };
  const own = artifact("kubelet", defaultKubernetes, sources);
  expect(own.amd64.sha256).toBe("0".repeat(64));
  expect(own.arm64.sha256).toBe(upstream.arm64.sha256);
});

it("refuses a version without digests", () => {
  expect(() => artifact("kubelet", "1.2.3")).toThrow("assets.json: no digest for kubelet 1.2.3 amd64; add it with its source");
});

it("pins a pause image for every minor by digest", () => {
  for (const version of kubernetesVersions) {
    const minor = version.split(".").slice(0, 2).join(".") as keyof typeof pauseImages;
    expect(pauseImages[minor]).toMatch(/^registry\.k8s\.io\/pause:[\d.]+@sha256:[0-9a-f]{64}$/);
  }
});

it.each([
  ["1.35.9", "1.35.7"],
  ["1.36", "1.36.3"],
  ["v1.36.0", "1.36.3"],
  ["1.30.1", "1.35.7"],
  ["1.40.0", "1.36.3"],
  ["latest", "1.35.7"],
])("proposes for %s the nearest version, %s", (text, nearest) => {
  expect(nearestKubernetes(text)).toBe(nearest);
});
