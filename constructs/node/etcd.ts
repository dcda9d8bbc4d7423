import type { ClusterSpec } from "../spec/cluster-spec";
import { artifact } from "../spec/artifacts";
import { port } from "../spec/ports";
import type { Component } from "../spec/role-configuration";
import { etcdVersion } from "../spec/versions";
import { etcdFiles } from "./agent-files";
import { cipherSuites, restartForEver, sandbox } from "./hardening";
import { etcdPki, etcdVolume, program } from "./paths";
import { command, unit } from "./systemd";

const GiB = 2 ** 30;

/**
 * A number that is the same on every machine: the seat's volume moves between machines, and files on it know only numbers.
 * Flatcar has this user already, under the same number (unverified); where a number differs, systemd gives the data to the
 * unit's user when it starts.
 */
const user = 232;

/** One member of etcd, on the seat's volume. */
export function etcd(spec: ClusterSpec): Component {
  return {
    name: "etcd",
    downloads: [
      {
        name: "etcd",
        version: etcdVersion,
        from: artifact("etcd", etcdVersion, spec),
        install: { "*/etcd": program("etcd"), "*/etcdctl": program("etcdctl"), "*/etcdutl": program("etcdutl") },
      },
    ],
    files: [
      { path: "/etc/sysusers.d/coppice-etcd.conf", mode: "0644", owner: "root:root", text: `u etcd ${user} "etcd" ${etcdVolume}\n` },
      { path: "/etc/tmpfiles.d/coppice-etcd.conf", mode: "0644", owner: "root:root", text: folders },
    ],
    units: [service(spec)],
  };
}

const folders = [`d /etc/etcd 0755 root root`, `d ${etcdPki} 0750 root etcd`, `d ${etcdVolume} 0755 root root`, ""].join("\n");

function service(spec: ClusterSpec) {
  const flags = {
    "data-dir": `${etcdVolume}/data`,
    "quota-backend-bytes": spec.etcd.quotaGiB * GiB,
    "cert-file": `${etcdFiles.server}.crt`,
    "key-file": `${etcdFiles.server}.key`,
    "client-cert-auth": true,
    "trusted-ca-file": etcdFiles.clientAuthorities,
    "peer-cert-file": `${etcdFiles.peer}.crt`,
    "peer-key-file": `${etcdFiles.peer}.key`,
    "peer-client-cert-auth": true,
    "peer-trusted-ca-file": etcdFiles.peerAuthorities,
    "tls-min-version": "TLS1.2",
    "cipher-suites": cipherSuites,
    "listen-metrics-urls": `http://127.0.0.1:${port.etcdMetrics}`,
    // A member whose data differ from the others' says so at its start, before it serves.
    "feature-gates": ["InitialCorruptCheck=true", "CompactHashCheck=true"],
    logger: "zap",
  };
  // etcd's own compaction stays off: the API server compacts, every 5 minutes.
  return unit("etcd.service", false, {
    Unit: {
      Description: "etcd member of this seat; started by the agent, which knows whether it joins, rejoins or waits",
      After: "network-online.target",
      Wants: "network-online.target",
      ...restartForEver.Unit,
    },
    Service: {
      Type: "notify",
      User: "etcd",
      Group: "etcd",
      EnvironmentFile: `-${etcdFiles.environment}`,
      // The agent mounts the volume. A condition would be looked at before the wait above, and skip the start for good.
      ExecStartPre: `+/usr/bin/mountpoint --quiet ${etcdVolume}`,
      ExecStart: command(program("etcd"), [], flags),
      ...restartForEver.Service,
      // Shorter than the margin that agents keep of a permit: a member that does not end in time is killed.
      TimeoutStopSec: 30,
      StateDirectory: "etcd/data",
      StateDirectoryMode: "0700",
      // The usual limit of 1,024 is too few for the watches of a large cluster.
      LimitNOFILE: 65536,
      OOMScoreAdjust: -900,
      CPUWeight: 1000,
      IOWeight: 1000,
      ...sandbox,
    },
  });
}
