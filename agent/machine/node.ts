import type { KubeletHost } from "../kubernetes/kubelet-credentials";
import { apiServerEnvironment, kubeletEnvironment } from "../kubernetes/node-files";
import { paths } from "../kubernetes/paths";
import { say } from "../log";
import { machineClock } from "../pki/clock";
import type { Configuring } from "./machine";
import { systemctl } from "./systemd";

/** Writes what the units of a node read of their machine, as far as its configuration asks for it. */
export async function writeEnvironment({ configured, place, identity, address, hostname, providerId }: Configuring): Promise<void> {
  const pool = identity.role === "worker" ? { pool: identity.name } : {};
  const texts: Readonly<Record<string, string>> = {
    [paths.kubeletEnvironment]: kubeletEnvironment({ name: hostname, address, providerId, ...pool }, configured.value.pools),
    [paths.apiServerEnvironment]: apiServerEnvironment({ address }),
  };
  for (const file of configured.value.agentFiles) {
    const text = texts[file.path];
    if (text !== undefined && !(await place.holds(file, text))) await place.write(file, text);
  }
}

export function kubeletOf({ place, objects }: Pick<Configuring, "place" | "objects">): KubeletHost {
  return {
    place,
    clock: machineClock(() => objects.now()),
    restart: async (reason) => {
      say("the kubelet starts again", { reason });
      return (await systemctl("try-restart", "--no-block", "kubelet.service")).ok;
    },
  };
}
