import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Api } from "../../../agent/kubernetes/api";
import { paths } from "../../../agent/kubernetes/paths";
import { tlsFrom } from "../../../agent/pki/tls-files";
import { exchange, type Tls } from "../../../agent/store/exchange";
import { cacheFolder } from "../../../emulated/python-environment";
import { builtPrograms, type Module } from "../../../lab/bin/build";
import { freePort } from "../../loopback";
import { Disk } from "../pki/disk";
import { World } from "../pki/world";

/** Programs that the lab has built; building them takes minutes and belongs to it. */
function built(module: Module): string | undefined {
  const folder = cacheFolder(process.env);
  const pattern = new RegExp(`^lab-${module}-[0-9a-f]+$`);
  if (existsSync(folder) && readdirSync(folder).some((name) => pattern.test(name)))
    return builtPrograms(module, process.env, (text) => process.stderr.write(`${text}\n`));
  process.stderr.write(`skipped, agents at a real API: no ${module} in ${folder}; the lab builds it\n`);
  return undefined;
}

const [etcdFolder, kubernetesFolder] = [built("etcd"), built("kubernetes")];
export const etcdProgram = etcdFolder && join(etcdFolder, "etcd");
export const kubelet = kubernetesFolder && join(kubernetesFolder, "kubelet");

/** Suites that need a real etcd, or a real API besides. */
export const withEtcd = etcdFolder === undefined ? describe.skip : describe;
export const withApi = etcdFolder === undefined || kubernetesFolder === undefined ? describe.skip : describe;

/** A process of the test's own; what it said is in the error when it does not come up. */
export class Program {
  private said = "";
  private readonly child: ChildProcess;

  constructor(program: string, args: readonly string[]) {
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (text) => (this.said = `${this.said}${text}`.slice(-20_000)));
  }

  get output(): string {
    return this.said;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.child.once("close", resolve));
    this.child.kill("SIGKILL");
    await closed;
  }
}

/** Until something holds: 60 s at most. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, tries = 300): Promise<T> {
  const found = await look();
  if (found !== undefined) return found;
  if (tries === 0) throw new Error(`waited in vain for ${what}`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  return until(what, look, tries - 1);
}

export interface EtcdProcess {
  readonly port: number;
  stop(): Promise<void>;
}

/** Members with the keys of a seat. */
export async function startEtcd(disk: Disk, size = 1): Promise<readonly [EtcdProcess, ...EtcdProcess[]]> {
  const members: { name: string; port: number; peer: string }[] = [];
  for (let seat = 0; seat < size; seat += 1)
    members.push({ name: `etcd-${seat}`, port: await freePort(), peer: `http://127.0.0.1:${await freePort()}` });
  const pki = (name: string): string => disk.at(`/etc/etcd/pki/${name}`);
  const [first, ...others] = members.map(({ name, port, peer }): EtcdProcess => {
    const program = new Program(etcdProgram ?? "", [
      `--name=${name}`,
      `--data-dir=${disk.at(`/var/lib/${name}`)}`,
      `--listen-client-urls=https://127.0.0.1:${port}`,
      `--advertise-client-urls=https://127.0.0.1:${port}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=${members.map((one) => `${one.name}=${one.peer}`).join()}`,
      `--cert-file=${pki("server.crt")}`,
      `--key-file=${pki("server.key")}`,
      `--trusted-ca-file=${pki("client-ca.crt")}`,
      "--client-cert-auth",
      "--log-level=error",
      "--unsafe-no-fsync",
    ]);
    return { port, stop: () => program.stop() };
  });
  if (!first) throw new Error("no member");
  return [first, ...others];
}

/** Files of an etcd seat and of a master, made as agents make them, with today's date: other programs look at their own clock. */
export async function filesOfControlPlane(): Promise<{ readonly world: World; readonly disk: Disk }> {
  const world = await new World().begin();
  world.now = Date.now();
  const disk = new Disk();
  await disk.round(world, "etcd");
  await disk.round(world, "master");
  return { world, disk };
}

export interface TestApi {
  readonly world: World;
  readonly disk: Disk;
  readonly server: string;
  /** As the agent of the master. */
  readonly admin: Api;
  as(tls: () => Promise<Tls>): Api;
  stop(): Promise<void>;
}

/** etcd, API server and controller manager with the flags that matter here. */
export async function startApi(): Promise<TestApi> {
  const { world, disk } = await filesOfControlPlane();
  const [etcd] = await startEtcd(disk);
  const port = await freePort();
  const server = `https://127.0.0.1:${port}`;
  const pki = (name: string): string => disk.at(`/etc/kubernetes/pki/${name}`);
  const program = (name: string): string => join(kubernetesFolder ?? "", name);
  const apiServer = new Program(program("kube-apiserver"), [
    "--advertise-address=10.0.0.20",
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--etcd-servers=https://127.0.0.1:${etcd.port}`,
    `--etcd-cafile=${pki("etcd-ca.crt")}`,
    `--etcd-certfile=${pki("apiserver-etcd-client.crt")}`,
    `--etcd-keyfile=${pki("apiserver-etcd-client.key")}`,
    `--client-ca-file=${pki("ca.crt")}`,
    `--tls-cert-file=${pki("apiserver.crt")}`,
    `--tls-private-key-file=${pki("apiserver.key")}`,
    "--enable-bootstrap-token-auth",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    `--encryption-provider-config=${disk.at("/etc/kubernetes/encryption.yaml")}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${pki("service-account.pub")}`,
    `--service-account-signing-key-file=${pki("service-account.key")}`,
  ]);
  const kubeconfig = disk.at("/controller-manager.conf");
  await disk.place.write(
    { path: "/controller-manager.conf", mode: "0600", owner: "root:root" },
    kubeconfigOf(server, disk, pki("controller-manager")),
  );
  const manager = new Program(program("kube-controller-manager"), [
    `--kubeconfig=${kubeconfig}`,
    "--secure-port=0",
    "--leader-elect=false",
    "--controllers=*,tokencleaner",
    `--cluster-signing-cert-file=${pki("signing.crt")}`,
    `--cluster-signing-key-file=${pki("signing.key")}`,
    "--cluster-signing-duration=24h",
    `--root-ca-file=${pki("ca.crt")}`,
    `--service-account-private-key-file=${pki("service-account.key")}`,
    "--use-service-account-credentials",
  ]);
  const adminTls = () => tlsFrom(disk.place, paths.authorities, `${paths.admin}.crt`, `${paths.admin}.key`);
  const stop = async (): Promise<void> => {
    await Promise.all([manager.stop(), apiServer.stop()]);
    await etcd.stop();
    disk.remove();
  };
  try {
    await until("the API server", async () => {
      const ready = await exchange({ method: "GET", url: new URL("/readyz", server), tls: await adminTls(), patienceMs: 2_000 });
      return ready.kind === "answered" && ready.status === 200 ? true : undefined;
    });
  } catch (reason) {
    await stop();
    throw new Error(`${String(reason)}\n${apiServer.output}`, { cause: reason });
  }
  return { world, disk, server, admin: new Api(server, adminTls), as: (tls) => new Api(server, tls), stop };
}

function kubeconfigOf(server: string, disk: Disk, stem: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "cluster", cluster: { server, "certificate-authority": disk.at(paths.authorities) } }],
    users: [{ name: "user", user: { "client-certificate": `${stem}.crt`, "client-key": `${stem}.key` } }],
    contexts: [{ name: "context", context: { cluster: "cluster", user: "user" } }],
    "current-context": "context",
  });
}
