import type { Component } from "../spec/role-configuration";
import fallBackText from "./fall-back.sh";
import { program } from "./paths";
import { script } from "./shell";
import { iniText } from "./systemd";

const fallBack = program("fall-back");

/** What the agent has besides its bundle and the unit of user-data: the way back from a new bundle that does not come up. */
export function agent(): Component {
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
    ],
    units: [],
  };
}
