import { createServer, type Server } from "node:net";
import { rm } from "node:fs/promises";
import { paths } from "../../../agent/kubernetes/paths";
import { kubelet as program, Program, type TestApi } from "./cluster";

/** An empty SETTINGS frame of HTTP/2, with which a server begins: without it gRPC gives up after 5 seconds. */
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const file = { mode: "0600", owner: "root:root" };

/**
 * The kubelet as far as it gets without a container runtime: to a socket that never answers. Its own client asks for a
 * certificate meanwhile, and keeps it, as it does on a machine.
 */
export class RealKubelet {
  private readonly socket: string;
  private readonly runtime: Server;
  private running: Program | undefined;

  constructor(
    private readonly cluster: TestApi,
    private readonly node: string,
  ) {
    this.socket = cluster.disk.at("/cri.sock");
    this.runtime = createServer((connection) =>
      connection
        .on("error", () => connection.destroy())
        .resume()
        .write(settings),
    ).listen(this.socket);
  }

  /** With the bootstrap kubeconfig that lies on the disk, but for the API's port and the folder of this test. */
  async start(): Promise<void> {
    const { disk, server } = this.cluster;
    const text = disk
      .text(paths.bootstrap)
      .replace("https://127.0.0.1:7445", server)
      .replace(paths.authorities, disk.at(paths.authorities));
    await disk.place.write({ path: "/bootstrap.conf", ...file }, text);
    const config = {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      rotateCertificates: true,
      serverTLSBootstrap: true,
      failSwapOn: false,
      failCgroupV1: false,
      cgroupDriver: "cgroupfs",
      containerRuntimeEndpoint: `unix://${this.socket}`,
      authentication: { anonymous: { enabled: false }, x509: { clientCAFile: disk.at(paths.authorities) } },
    };
    await disk.place.write({ path: "/kubelet.json", ...file }, JSON.stringify(config));
    this.running = new Program(program ?? "", [
      `--config=${disk.at("/kubelet.json")}`,
      `--bootstrap-kubeconfig=${disk.at("/bootstrap.conf")}`,
      `--kubeconfig=${disk.at(paths.kubeconfig)}`,
      `--cert-dir=${disk.at("/var/lib/kubelet/pki")}`,
      `--root-dir=${disk.at("/var/lib/kubelet")}`,
      `--hostname-override=${this.node}`,
      "-v=2",
    ]);
  }

  get output(): string {
    return this.running?.output ?? "";
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  async end(): Promise<void> {
    await this.stop();
    this.runtime.close();
    await rm(this.socket, { force: true });
  }
}
