import type { ClusterSpec } from "../spec/cluster-spec";
import type { NodeFile, NodeUnit } from "../spec/role-configuration";
import type { MachineIdentity } from "../spec/store";
import { nodeBlocks } from "../spec/zones";
import { restartForEver } from "./hardening";
import { loader, loaderFiles } from "./loader";
import { agentBundle, node, proxyFile, trustedAuthorities } from "./paths";
import type { NodePlatform } from "./platform";
import { command, environmentFile, iniText, oneLine, unit } from "./systemd";

/** The machine that user-data is for. */
export interface Machine {
  readonly role: MachineIdentity["role"];
  /** Name of its seat, or of its pool. */
  readonly name: string;
  /** @default what the cloud calls it */
  readonly hostname?: string;
  /** @default what DHCP says */
  readonly network?: FixedNetwork;
}

/** A fixed address, for systems that are told of it in user-data. */
export interface FixedNetwork {
  /** `10.0.0.10/24` */
  readonly address: string;
  readonly gateway: string;
  readonly dns: readonly string[];
}

/** All that a machine has before its agent, in no format yet. */
export interface FirstBoot {
  readonly hostname?: string;
  readonly network?: FixedNetwork;
  readonly files: readonly NodeFile[];
  readonly units: readonly NodeUnit[];
  /** PEM certificates that the system trusts from now on. */
  readonly trust: readonly string[];
  readonly timeServers: readonly string[];
}

export function firstBoot(spec: ClusterSpec, machine: Machine, platform: NodePlatform): FirstBoot {
  const { role, name, hostname, network } = machine;
  const { dns, ntp } = spec.network;
  const resolved = iniText({ Resolve: { DNS: dns.map(oneLine).join(" "), Domains: "~." } });
  return {
    ...(hostname !== undefined && { hostname }),
    ...(network !== undefined && { network }),
    files: [
      ...loaderFiles(spec, { role, name }, platform),
      ...(spec.network.proxy ? [file(proxyFile, environmentFile(proxyVariables(spec, platform)))] : []),
      ...(dns.length > 0 ? [file("/etc/systemd/resolved.conf.d/10-coppice.conf", resolved)] : []),
    ],
    units: [...loaderUnits(spec), ...deadlineUnits(platform), agentUnit(spec)],
    trust: spec.trust,
    timeServers: ntp.length > 0 ? ntp : platform.timeServers,
  };
}

/** curl, Go and Node all read the names in capitals for https. */
function proxyVariables(spec: ClusterSpec, platform: NodePlatform): Record<string, string> {
  const { proxy, pods, services, domain } = spec.network;
  const own = ["localhost", "127.0.0.1", ...nodeBlocks(spec), pods, services, ".svc", `.${domain}`];
  const bypass = [...new Set([...own, ...platform.bypass, ...(proxy?.bypass ?? [])])];
  return { HTTP_PROXY: proxy?.http ?? "", HTTPS_PROXY: proxy?.https ?? proxy?.http ?? "", NO_PROXY: bypass.join(",") };
}

function loaderUnits(spec: ClusterSpec): NodeUnit[] {
  return [
    unit("coppice-loader.service", true, {
      Unit: { Description: "Coppice loader", After: "network-online.target", Wants: "network-online.target", ...restartForEver.Unit },
      Service: {
        EnvironmentFile: proxyFiles(spec),
        // cloud-init has done so already; Ignition has only written the files.
        ExecStartPre: spec.trust.length > 0 ? "-/usr/sbin/update-ca-certificates" : undefined,
        ExecStart: loader,
        Restart: "on-failure",
        RestartSec: 10,
      },
      Install: { WantedBy: "multi-user.target" },
    }),
  ];
}

/** A machine that has no agent by then gives up. */
export const bootDeadlineMinutes = 20;

/** The loader starts the timer when the store has told it which agent to run: before that, a fresh machine has no more than this one. */
function deadlineUnits(platform: NodePlatform): NodeUnit[] {
  return [
    unit("coppice-deadline.timer", false, {
      Unit: { Description: "Coppice deadline" },
      Timer: { OnActiveSec: `${bootDeadlineMinutes}min` },
    }),
    unit("coppice-deadline.service", false, {
      Unit: { Description: "Coppice gives up a machine without an agent" },
      Service: {
        Type: "oneshot",
        // Whether it has ever run since boot: one that just starts again is none to give a machine up for.
        ExecCondition: `/bin/sh -c 'test "$$(systemctl show -P ActiveEnterTimestampMonotonic coppice-agent)" = 0'`,
        ExecStart: `/usr/bin/systemctl ${platform.giveUp}`,
      },
    }),
  ];
}

function agentUnit(spec: ClusterSpec): NodeUnit {
  return unit("coppice-agent.service", true, {
    Unit: { Description: "Coppice agent", ConditionPathExists: agentBundle, ...restartForEver.Unit },
    Service: {
      Type: "notify",
      // A runtime without sockets of that kind tells systemd through the program systemd-notify.
      NotifyAccess: "all",
      WatchdogSec: 60,
      Environment: `NODE_EXTRA_CA_CERTS=${trustedAuthorities}`,
      EnvironmentFile: proxyFiles(spec),
      ExecStart: command(node, [agentBundle, "run"], {}),
      ...restartForEver.Service,
      OOMScoreAdjust: -950,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}

const proxyFiles = (spec: ClusterSpec): string[] => (spec.network.proxy ? [proxyFile] : []);

function file(path: string, text: string): NodeFile {
  return { path, mode: "0644", owner: "root:root", text };
}
