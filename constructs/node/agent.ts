import type { ClusterSpec } from "../spec/cluster-spec";
import type { Component } from "../spec/role-configuration";
import fallBackText from "./fall-back.sh";
import lateDeadlineText from "./late-deadline.sh";
import { loaderScript } from "./loader";
import { program } from "./paths";
import type { NodePlatform } from "./platform";
import { script } from "./shell";
import { command, iniText, unit } from "./systemd";

const fallBack = program("fall-back");
const lateDeadline = program("late-deadline");

/**
 * What the agent has besides its bundle and the unit of user-data: the way back from a new bundle that does not come up, and
 * the end of a machine that stays without an agent.
 */
export function agent(spec: ClusterSpec, platform: NodePlatform): Component {
  return {
    name: "agent",
    downloads: [],
    files: [
      { path: fallBack, mode: "0755", owner: "root:root", text: script(fallBackText) },
      {
        path: "/etc/systemd/system/coppice-agent.service.d/10-fall-back.conf",
        mode: "0644",
        owner: "root:root",
        text: iniText({ Service: { ExecStopPost: `-${fallBack}` } }),
      },
      { path: lateDeadline, mode: "0755", owner: "root:root", text: loaderScript(platform, lateDeadlineText) },
    ],
    units: lateDeadlineUnits(spec, platform),
  };
}

/** Of the late deadline; agents' waiting times are scaled by the same factor. */
const hourSeconds = 3600;

function lateDeadlineUnits(spec: ClusterSpec, platform: NodePlatform) {
  const hour = String(Math.ceil(hourSeconds * spec.repair.timerFactor));
  return [
    unit("coppice-late-deadline.timer", true, {
      Unit: { Description: "Coppice looks whether this machine has an agent" },
      Timer: { OnActiveSec: 0, OnUnitInactiveSec: "10min" },
      Install: { WantedBy: "timers.target" },
    }),
    unit("coppice-late-deadline.service", false, {
      Unit: { Description: "Coppice gives up a machine that stays without an agent" },
      Service: { Type: "oneshot", ExecStart: command(lateDeadline, [hour, platform.giveUp], {}) },
    }),
  ];
}
