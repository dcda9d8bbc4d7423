import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { tunnel } from "../../cli/tunnel";
import { clusterSpec } from "../node/cluster";
import { minimalOnVsphere } from "../spec/environments-vsphere";
import { StoreWorld } from "./cluster";

const folder = mkdtempSync(join(tmpdir(), "coppice-tunnel-"));
const before = { ...process.env };
/** What EC2 was asked, and the seats whose machines it says run. */
let asked: URLSearchParams | undefined;
let running: readonly string[];
let ec2: Server;

beforeAll(async () => {
  ec2 = createServer((request, answer) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      asked = new URLSearchParams(body);
      const machine = (seat: string) =>
        `<item><instanceId>i-of-${seat}</instanceId><tagSet><item><key>coppice-seat</key><value>${seat}</value></item></tagSet></item>`;
      const items = running.map((seat) => `<item><instancesSet>${machine(seat)}</instancesSet></item>`).join("");
      answer.end(`<DescribeInstancesResponse><reservationSet>${items}</reservationSet></DescribeInstancesResponse>`);
    });
  });
  await new Promise<void>((resolve) => ec2.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  running = ["master-2", "master-1"];
  const endpoint = `http://127.0.0.1:${(ec2.address() as AddressInfo).port}`;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "example", AWS_SECRET_ACCESS_KEY: "example", AWS_ENDPOINT_URL_EC2: endpoint });
});
afterEach(() => {
  process.env = { ...before };
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  ec2.close();
});

function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

const { cluster } = new StoreWorld();
const opened = async (options: Partial<Parameters<typeof tunnel>[1]> = {}) => {
  const lines: string[] = [];
  const code = await tunnel(cluster, { print: false, say: (line) => lines.push(line), ...options });
  return { code, lines };
};
const command = (instance: string, localPort: number) =>
  `aws ssm start-session --region eu-central-1 --target ${instance} --document-name AWS-StartPortForwardingSession ` +
  `--parameters '{"portNumber":["7445"],"localPortNumber":["${localPort}"]}'`;

test("the way goes through the API proxy of the first master that runs", async () => {
  expect(await opened({ print: true })).toEqual({ code: 0, lines: [command("i-of-master-1", 6443)] });
  expect(Object.fromEntries(asked ?? [])).toMatchObject({
    Action: "DescribeInstances",
    "Filter.1.Name": "tag:coppice-cluster",
    "Filter.1.Value.1": "orchard",
    "Filter.2.Name": "tag:coppice-seat",
    "Filter.2.Value.3": "master-2",
    "Filter.3.Name": "instance-state-name",
    "Filter.3.Value.1": "running",
  });
});

test("or through the one that is named, to the port that is named", async () => {
  running = ["master-2"];
  expect(await opened({ print: true, through: "master-2", localPort: 16443 })).toEqual({
    code: 0,
    lines: [command("i-of-master-2", 16443)],
  });
  expect(asked?.get("Filter.2.Value.1")).toBe("master-2");
  await expect(opened({ through: "master-7" })).rejects.toThrow("orchard has no master master-7: master-0, master-1, master-2");
});

test("no master, and no answer, are said", async () => {
  running = [];
  await expect(opened()).rejects.toThrow("no machine of master-0, master-1, master-2 runs in eu-central-1");
  process.env["AWS_ENDPOINT_URL_EC2"] = "http://127.0.0.1:1";
  await expect(opened()).rejects.toThrow("EC2 does not say which masters run: DescribeInstances: connect ECONNREFUSED 127.0.0.1:1");
});

describe("on Google Cloud", () => {
  const placement = {
    cloud: "google" as const,
    project: "example-platform",
    region: "europe-west4",
    zones: ["europe-west4-a", "europe-west4-b"],
  };
  const onGoogle = { ...cluster, spec: clusterSpec({ placement }) };
  const printed = async (through?: string) => {
    const lines: string[] = [];
    await tunnel(onGoogle, { print: true, through, say: (line) => lines.push(line), localPort: 16443 });
    return lines;
  };

  test("the way goes through Identity-Aware Proxy to the API server of a master, by the name of its seat", async () => {
    const way = (seat: string, zone: string) =>
      `gcloud compute start-iap-tunnel orchard-${seat} 6443 --local-host-port=localhost:16443 --zone=europe-west4-${zone} --project=example-platform`;
    expect(await printed()).toEqual([way("master-0", "a")]);
    expect(await printed("master-1")).toEqual([way("master-1", "b")]);
    await expect(printed("master-7")).rejects.toThrow("orchard has no master master-7: master-0, master-1, master-2");
  });
});

test("a program that is missing is named, with where it comes from", async () => {
  process.env["PATH"] = folder;
  await expect(opened()).rejects.toThrow(/^aws is not on PATH: https:/);
  program("aws", "exit 0");
  await expect(opened()).rejects.toThrow(/^session-manager-plugin is not on PATH: https:/);
});

test("it runs what it prints, says what to do next, and ends as that ends", async () => {
  process.env["PATH"] = `${folder}:/bin:/usr/bin`;
  program("session-manager-plugin", "exit 0");
  program("aws", `[ "$1" = --version ] && exit 0; for word; do echo "$word" >> ${join(folder, "words")}; done; exit 3`);
  const { code, lines } = await opened();
  expect(code).toBe(3);
  expect(lines).toEqual([
    "through master-1 (i-of-master-1); in another terminal:",
    "  npx coppice kubeconfig orchard-aws --tunnel 6443",
    `  kubectl --kubeconfig ${join(homedir(), ".kube", "coppice-orchard-aws")} get nodes`,
  ]);
});

test("on vSphere there is no tunnel, and the way to the API is said", async () => {
  const lines: string[] = [];
  const spec = clusterSpec({ placement: minimalOnVsphere.cluster.placement });
  const said = async (through?: string) => {
    lines.length = 0;
    expect(await tunnel({ ...cluster, spec }, { print: false, through, say: (line) => lines.push(line) })).toBe(0);
    return lines;
  };
  expect(await said()).toEqual([
    "there is no tunnel: the API is reached directly, through the address that the masters share",
    "  npx coppice kubeconfig orchard-aws --server https://10.40.0.5:6443",
  ]);
  expect((await said("master-1"))[1]).toContain("--server https://10.40.0.21:6443");
  await expect(said("master-7")).rejects.toThrow("orchard has no master master-7: master-0, master-1, master-2");
});
