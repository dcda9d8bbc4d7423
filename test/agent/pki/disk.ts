import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Nursery } from "../../../agent/pki/births";
import { EpochFingerprints } from "../../../agent/pki/fingerprints";
import { keep, type Keeper, type Kept } from "../../../agent/pki/keep";
import type { PkiMachine } from "../../../agent/pki/leaves";
import { Place } from "../../../agent/pki/place";
import type { Purpose } from "../../../agent/pki/purposes";
import { sourceOf } from "../../../agent/pki/trust";
import { agentFiles } from "../../../constructs/node/agent-files";
import { World } from "./world";

const of = (...prefixes: string[]) => ({ agentFiles: agentFiles.filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix))) });
export const roles = {
  etcd: of("/etc/etcd/pki/", "/run/coppice/etcd.env"),
  master: of("/etc/kubernetes/"),
  worker: of("/etc/kubernetes/pki/ca.crt", "/etc/kubernetes/kubelet.env"),
};
export const machines: Record<keyof typeof roles, PkiMachine> = {
  etcd: { cluster: "orchard", name: "etcd-0", address: "10.0.0.4" },
  master: {
    cluster: "orchard",
    name: "master-0",
    address: "10.0.0.20",
    api: {
      addresses: ["10.96.0.1"],
      names: ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "api.example.com"],
    },
  },
  worker: { cluster: "orchard", name: "worker", address: "10.0.1.7" },
};

/** As the agent does it: etcd's authorities are on record in the epoch, the masters' in etcd. */
export const sourceFor = (nursery: Nursery) => (purpose: Purpose) =>
  sourceOf(purpose.startsWith("etcd-") ? { ...nursery, fingerprints: new EpochFingerprints(nursery.objects) } : nursery, purpose);

/** A folder that the files of all roles are written to, as if one machine had them all. */
export class Disk {
  readonly root = mkdtempSync(join(tmpdir(), "coppice-"));
  /** Files belong to whoever runs the test: it knows no group etcd. */
  readonly place = new Place(this.root, () => Promise.resolve({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }));

  at(path: string): string {
    return join(this.root, path);
  }

  text(path: string): string {
    return readFileSync(this.at(path), "utf8");
  }

  certificate(path: string): X509Certificate {
    return new X509Certificate(this.text(path));
  }

  keeper(world: World, role: keyof typeof roles): Keeper {
    return { machine: machines[role], place: this.place, source: sourceFor(world.machine(role)), clock: world.clock };
  }

  round(world: World, role: keyof typeof roles): Promise<Kept> {
    return keep(this.keeper(world, role), roles[role]);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
