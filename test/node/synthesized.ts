import { loader } from "../../constructs/node/loader";
import { firstBoot, type FirstBoot } from "../../constructs/node/first-boot";
import { agentBundle, node } from "../../constructs/node/paths";
import { roleConfigurationOf } from "../../constructs/node/role-configuration";
import type { ClusterSpec } from "../../constructs/spec/cluster-spec";
import type { NodeFile, NodeUnit, RoleConfiguration } from "../../constructs/spec/role-configuration";
import type { Role } from "../../constructs/spec/roles";
import { agentDigest, machines, nodePlatform } from "./cluster";

/** All that is known of a machine of a role before it runs. */
export interface Synthesized {
  readonly configuration: RoleConfiguration;
  readonly boot: FirstBoot;
  readonly files: readonly NodeFile[];
  readonly units: readonly NodeUnit[];
  /** Programs that a verified download or the loader puts there. */
  readonly programs: readonly string[];
  /** Folders that systemd-tmpfiles makes, as its files say. */
  readonly folders: readonly { readonly path: string; readonly mode: string; readonly owner: string }[];
}

export function synthesized(
  spec: ClusterSpec,
  role: Role,
  configuration = roleConfigurationOf(spec, role, nodePlatform(), agentDigest),
): Synthesized {
  const machine = machines.find((one) => one.role === role);
  if (!machine) throw new Error(`no machine of ${role}`);
  const boot = firstBoot(spec, machine, nodePlatform());
  const files = [...boot.files, ...configuration.components.flatMap((one) => one.files)];
  return {
    configuration,
    boot,
    files,
    units: [...boot.units, ...configuration.components.flatMap((one) => one.units)],
    programs: [
      node,
      agentBundle,
      loader,
      ...configuration.components.flatMap((one) => one.downloads).flatMap((one) => Object.values(one.install)),
    ],
    folders: files.filter((file) => file.path.startsWith("/etc/tmpfiles.d/")).flatMap((file) => file.text.trim().split("\n").map(folder)),
  };
}

function folder(line: string) {
  const [type, path = "", mode = "", user = "", group = ""] = line.split(" ");
  if (type !== "d") throw new Error(`${line}: only folders are made so`);
  return { path, mode, owner: `${user}:${group}` };
}

/** Settings of a unit by key, with continued lines joined. */
export function settingsOf(unit: NodeUnit): ReadonlyMap<string, readonly string[]> {
  const settings = new Map<string, string[]>();
  for (const line of unit.text.replaceAll(/ *\\\n\s*/g, " ").split("\n")) {
    const [, key, value] = /^(\w+)=(.*)$/s.exec(line) ?? [];
    if (key !== undefined && value !== undefined) settings.set(key, [...(settings.get(key) ?? []), value]);
  }
  return settings;
}

/** Flags of the program that a unit starts. */
export function flagsOf(unit: NodeUnit): ReadonlyMap<string, string> {
  const words = settingsOf(unit).get("ExecStart")?.[0]?.split(" ") ?? [];
  return new Map(
    words.filter((word) => word.startsWith("--")).map((word) => [word.slice(2).split("=")[0] ?? "", word.replace(/^[^=]*=/, "")]),
  );
}
