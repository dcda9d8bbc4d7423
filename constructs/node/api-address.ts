import type { ClusterSpec } from "../spec/cluster-spec";
import { port } from "../spec/ports";
import type { Component } from "../spec/role-configuration";
import { masterSeats } from "../spec/seats";
import { restartForEver, sandbox } from "./hardening";
import { agentBundle, node } from "./paths";
import type { OwnNetwork } from "./platform";
import { command, unit } from "./systemd";

/**
 * The address that clients call, where no load balancer stands in front of the masters: the first master that has been
 * ready for a while has it. It needs neither etcd nor the store nor the API that it leads to.
 */
export function apiAddress(spec: ClusterSpec, network: OwnNetwork): Component {
  return {
    name: "api-address",
    downloads: [],
    files: [
      {
        path: "/etc/sysctl.d/91-coppice-api-address.conf",
        mode: "0644",
        owner: "root:root",
        // The kernel itself then tells the segment of a new address.
        text: "net.ipv4.conf.all.arp_notify = 1\n",
      },
    ],
    units: [
      unit("coppice-api-address.service", true, {
        Unit: {
          Description: "Coppice address of the Kubernetes API",
          After: "network-online.target",
          Wants: "network-online.target",
          ...restartForEver.Unit,
        },
        Service: {
          Type: "exec",
          WatchdogSec: 60,
          NotifyAccess: "all",
          DynamicUser: "yes",
          ExecStart: command(node, [agentBundle, "api-address"], {
            address: network.apiAddress,
            masters: masterSeats(spec).map((seat) => `${seat.address}:${port.api}`),
          }),
          ...restartForEver.Service,
          OOMScoreAdjust: -900,
          ...sandbox,
          // Addresses of the machine's interface.
          CapabilityBoundingSet: "CAP_NET_ADMIN",
          AmbientCapabilities: "CAP_NET_ADMIN",
          // The runtime compiles JavaScript to machine code as it runs.
          MemoryDenyWriteExecute: "no",
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
  };
}
