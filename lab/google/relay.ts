import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";

/**
 * `node run.js lab/google/relay.ts SOCKET PROGRAM PORT`: runs the emulator, which knows no socket files, and passes on what comes by
 * one: no network is the same for all who ask. Ends with the emulator.
 */
const [socket = "", program = "", port = ""] = process.argv.slice(2);
const host = "127.0.0.1";
const everyMs = 50;

const args = ["-backend", "memory", "-scheme", "http", "-host", host, "-port", port, "-log-level", "warn"];
spawn(program, args, { stdio: "inherit" }).once("exit", (code) => process.exit(code ?? 1));

const server = createServer({ allowHalfOpen: true }, (client) => {
  const emulator = connect({ host, port: Number(port), allowHalfOpen: true });
  client.pipe(emulator).pipe(client);
  client.once("error", () => emulator.destroy());
  emulator.once("error", () => client.destroy());
});

/** The socket is there when the emulator is. */
function wait(): void {
  const probe = connect({ host, port: Number(port) });
  probe.once("connect", () => {
    probe.destroy();
    server.listen(socket);
  });
  probe.once("error", () => setTimeout(wait, everyMs));
}
wait();
