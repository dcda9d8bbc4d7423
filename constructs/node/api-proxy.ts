import type { ClusterSpec } from "../spec/cluster-spec";
import { port } from "../spec/ports";
import type { Component } from "../spec/role-configuration";
import { masterSeats } from "../spec/seats";
import { restartForEver, sandbox } from "./hardening";
import { agentBundle, node } from "./paths";
import { command, unit } from "./systemd";

/**
 * The way of every machine to the API, on 127.0.0.1: the machine's own API server first, then the other masters, by their
 * health. It passes TLS through and knows seats by address, so it needs no store, no DNS and no load balancer.
 */
export function apiProxy(spec: ClusterSpec): Component {
  return {
    name: "api-proxy",
    downloads: [],
    files: [],
    units: [
      unit("coppice-api-proxy.service", true, {
        Unit: { Description: "Coppice proxy of the Kubernetes API", After: "network.target", ...restartForEver.Unit },
        Service: {
          Type: "exec",
          // It answers as long as it goes round; the program that does so is a child of it.
          WatchdogSec: 60,
          NotifyAccess: "all",
          DynamicUser: "yes",
          ExecStart: command(node, [agentBundle, "api-proxy"], {
            listen: `127.0.0.1:${port.apiProxy}`,
            masters: masterSeats(spec).map((seat) => `${seat.address}:${port.api}`),
          }),
          ...restartForEver.Service,
          OOMScoreAdjust: -900,
          ...sandbox,
          // The runtime compiles JavaScript to machine code as it runs.
          MemoryDenyWriteExecute: "no",
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
  };
}
