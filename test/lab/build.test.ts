import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cniPluginsVersion, containerdVersion, etcdVersion } from "../../constructs/spec/versions";
import { programName, toolsOf } from "../../emulated/go-programs";
import { labKubernetes } from "../../lab/environment";
import { modules } from "../../lab/bin/build";

const mod = (name: string): string => readFileSync(join(__dirname, "../../lab/bin", name, "go.mod"), "utf8");

test("every module names the programs that it is for", () => {
  expect(modules.map((name) => toolsOf(mod(name)).map(programName))).toEqual([
    ["etcdctl", "etcdutl", "etcd"],
    ["kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet"],
    ["containerd", "containerd-shim-runc-v2", "ctr"],
    ["host-local", "bridge", "loopback", "bandwidth", "firewall", "portmap", "tuning"],
    ["pause", "web"],
  ]);
});

test("a single tool directive is read too", () => {
  expect(toolsOf("module x\n\ntool example.com/cmd/a\n")).toEqual(["example.com/cmd/a"]);
});

test("versions are those of the product", () => {
  expect(mod("etcd")).toContain(`go.etcd.io/etcd/server/v3 v${etcdVersion} `);
  expect(mod("kubernetes")).toContain(`k8s.io/kubernetes v${labKubernetes["1.35"]}`);
  expect(mod("kubernetes-next")).toContain(`k8s.io/kubernetes v${labKubernetes["1.36"]}`);
  expect(mod("cni-plugins")).toContain(`github.com/containernetworking/plugins v${cniPluginsVersion} `);
  expect(mod("containerd")).toContain(`github.com/containerd/containerd/v2 v${containerdVersion} `);
});
