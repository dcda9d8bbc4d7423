import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEpoch } from "../../../agent/epoch";
import type { Nursery } from "../../../agent/pki/births";
import { EpochFingerprints, type Fingerprints, type OnRecord } from "../../../agent/pki/fingerprints";
import { MemoryContents, MemoryStore, type MemoryFaults } from "../../../agent/store/memory";
import { Objects } from "../../../agent/store/objects";
import type { Role } from "../../../constructs/spec/roles";
import { findProgram } from "../../../terraform/find-program";

export const start = Date.parse("2026-03-01T00:00:00Z");

/** A record as etcd will hold it: create-only. */
export class MemoryFingerprints implements Fingerprints {
  readonly recorded = new Map<string, string>();

  all(): Promise<OnRecord> {
    return Promise.resolve({ kind: "recorded", fingerprints: Object.fromEntries(this.recorded) });
  }

  record(name: string, fingerprint: string): Promise<OnRecord> {
    if (!this.recorded.has(name)) this.recorded.set(name, fingerprint);
    return this.all();
  }
}

/** A cluster's store with an epoch in it, and machines that share it. */
export class World {
  readonly contents = new MemoryContents();
  readonly fingerprints = new MemoryFingerprints();
  now = start;
  /** What is wrong with the machines' clocks. */
  clockFault: string | undefined;
  readonly clock = () => ({ now: this.now, fault: this.clockFault });

  objects(faults: MemoryFaults = {}): Objects {
    return new Objects(new MemoryStore(() => this.now, this.contents, faults), () => this.now);
  }

  async begin(): Promise<this> {
    await createEpoch(this.objects(), "orchard", [{ name: "etcd-0", peerUrl: "https://10.0.0.4:2380" }], "0".repeat(32));
    return this;
  }

  machine(role: Role, faults: MemoryFaults = {}): Nursery {
    const objects = this.objects(faults);
    const fingerprints = role === "etcd" ? new EpochFingerprints(objects) : this.fingerprints;
    return { cluster: "orchard", role, objects, fingerprints, clock: this.clock };
  }

  /** A master's view of what etcd's machines bear. */
  looker(): Nursery {
    const objects = this.objects();
    return { cluster: "orchard", role: "master", objects, fingerprints: new EpochFingerprints(objects), clock: this.clock };
  }
}

const openssl = findProgram(["openssl"], process.env);
if (openssl === undefined) process.stderr.write("skipped, verification by openssl: it is not on PATH\n");

/** What openssl, which shares no code with the agent, says of a leaf; "OK" where there is no openssl. */
export function verifiedByOpenssl(leaf: string, bundle: string, purpose: "sslserver" | "sslclient", at: number): string {
  if (openssl === undefined) return "OK";
  const folder = mkdtempSync(join(tmpdir(), "coppice-"));
  try {
    writeFileSync(join(folder, "leaf"), leaf);
    writeFileSync(join(folder, "bundle"), bundle);
    const args = ["-x509_strict", "-purpose", purpose, "-attime", String(Math.floor(at / 1000)), "-CAfile", join(folder, "bundle")];
    return execFileSync(openssl, ["verify", ...args, join(folder, "leaf")], { encoding: "utf8", stdio: "pipe" })
      .trim()
      .replace(/^.*: /, "");
  } catch (reason) {
    return String((reason as { stderr?: unknown }).stderr ?? reason);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
