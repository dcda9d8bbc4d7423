import { spawn } from "node:child_process";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { request } from "node:https";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { bear, issue, type Leaf } from "../../../agent/pki/certificates";

/** An API server as far as a proxy can tell: TLS with a certificate that no proxy knows, `/readyz`, and its name on all else. */
export class ApiServer {
  ready = true;
  /** Takes connections, and answers nothing on any of them. */
  frozen = false;
  /** Connections that are open, probes among them. */
  readonly sockets = new Set<Socket>();
  port = 0;
  private server: TlsServer | undefined;

  constructor(
    readonly name: string,
    private readonly leaf: Leaf,
    readonly host = "127.0.0.1",
  ) {}

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  async start(): Promise<this> {
    const server = createTlsServer({ cert: this.leaf.certificate, key: this.leaf.key }, (asked, answer) => {
      if (this.frozen) return;
      if (asked.url === "/readyz") answer.writeHead(this.ready ? 200 : 503).end();
      // An echo, for what is larger than every buffer on the way.
      else if (asked.method === "POST") asked.pipe(answer);
      else answer.end(this.name);
    });
    server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.port, this.host, resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  /** As a process that is killed: its port is closed, its connections are reset. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
    this.server = undefined;
  }
}

export async function apiServers(count: number, host?: (index: number) => string): Promise<readonly ApiServer[]> {
  const now = Date.now();
  const authority = await bear("orchard", "etcd-peer", 1, now);
  const leaf = await issue(authority, { commonName: "kube-apiserver", usages: ["server"], addresses: ["127.0.0.1"], hours: 1 }, now);
  return Promise.all(Array.from({ length: count }, (_, index) => new ApiServer(`master-${index}`, leaf, host?.(index)).start()));
}

/** Who answers a new connection through the proxy; the error's code when nobody does. */
export function whoAnswers(port: number, body?: string): Promise<string> {
  return new Promise((resolve) => {
    const method = body === undefined ? "GET" : "POST";
    const asked = request({ host: "127.0.0.1", port, path: "/", method, agent: false, rejectUnauthorized: false, timeout: 8_000 });
    asked.once("response", (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.once("end", () => resolve(Buffer.concat(parts).toString()));
    });
    asked.once("timeout", () => asked.destroy(new Error("timeout")));
    asked.once("error", (reason: NodeJS.ErrnoException) => resolve(reason.code ?? reason.message));
    asked.end(body);
  });
}

/** A server of bare TCP, for what TLS hides. */
export async function tcpServer(serve: (socket: Socket) => void): Promise<{ address: string; stop(): void }> {
  const server = createServer({ allowHalfOpen: true }, serve).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => void server.close() };
}

/** A port whose host answers no SYN: a stopped process whose queue of connections is full. */
export async function blackHole(): Promise<{ address: string; stop(): void }> {
  const listen = `const server = require("net").createServer().listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () =>
    process.stdout.write(String(server.address().port)))`;
  const child = spawn(process.execPath, ["-e", listen], { stdio: ["ignore", "pipe", "inherit"] });
  const port = Number(await new Promise<string>((resolve) => child.stdout.once("data", (text: Buffer) => resolve(text.toString()))));
  child.kill("SIGSTOP");
  const queue = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    address: `127.0.0.1:${port}`,
    stop() {
      for (const socket of queue) socket.destroy();
      child.kill("SIGKILL");
    },
  };
}
