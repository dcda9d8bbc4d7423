import { agentFiles, masterFiles, nodeFiles } from "../../../constructs/node/agent-files";
import { kubeletClient, kubeletHome, kubernetes } from "../../../constructs/node/paths";
import { apiServerEnvironment, kubeletEnvironment } from "../../../agent/kubernetes/node-files";
import { paths } from "../../../agent/kubernetes/paths";

test("the agent and the units mean the same files", () => {
  expect(paths).toMatchObject({
    authorities: nodeFiles.authorities,
    bootstrap: nodeFiles.bootstrap,
    kubeletEnvironment: nodeFiles.environment,
    apiServerEnvironment: masterFiles.environment,
    admin: masterFiles.admin,
    kubeletClient,
    kubeletServing: `${kubeletHome}/pki/kubelet-server-current.pem`,
    kubeconfig: `${kubernetes}/kubelet.conf`,
  });
});

const machine = { name: "ip-10-0-1-7", address: "10.0.1.7", providerId: "aws:///eu-central-1a/i-1" };
const pools = { general: { labels: { team: "a", "example.com/x": "" }, taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] } };

test("a worker's kubelet knows its machine and its pool", () => {
  expect(kubeletEnvironment({ ...machine, pool: "general" }, pools)).toBe(
    [
      "NODE_NAME=ip-10-0-1-7",
      "NODE_ADDRESS=10.0.1.7",
      "PROVIDER_ID=aws:///eu-central-1a/i-1",
      "NODE_LABELS=coppice-pool=general,example.com/x=,team=a",
      "NODE_TAINTS=gpu=yes:NoSchedule",
      "",
    ].join("\n"),
  );
});

test("every variable that the environment files are said to hold is in them, set or not", () => {
  const bare = kubeletEnvironment({ name: "a", address: "10.0.0.20" }, {});
  expect(bare).toBe("NODE_NAME=a\nNODE_ADDRESS=10.0.0.20\nPROVIDER_ID=\nNODE_LABELS=\nNODE_TAINTS=\n");
  const holds = (path: string): readonly string[] => agentFiles.find((file) => file.path === path)?.holds.match(/[A-Z]+_[A-Z]+/g) ?? [];
  expect(holds(paths.kubeletEnvironment).filter((name) => !bare.includes(`${name}=`))).toEqual([]);
  expect(apiServerEnvironment(machine)).toBe(`${holds(paths.apiServerEnvironment).join()}=10.0.1.7\n`);
});
