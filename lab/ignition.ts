import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CannotRun } from "../terraform/cannot-run";
import { done } from "./command";

/** Where Debian's package `ignition` has it. */
const program = "/usr/lib/dracut/modules.d/30ignition/ignition";

export function requireIgnition(): void {
  if (!existsSync(program)) throw new CannotRun(`no ${program}`, "apt-get install ignition");
}

/**
 * The real Ignition on a machine's root folder, as an initramfs would run it: it asks for the user-data as on the platform,
 * from inside the machine's network.
 * @param userData what it finds where the platform is "file"
 */
export async function ignite(root: string, namespace: string, folder: string, platform: string, userData: string): Promise<void> {
  copyFileSync(join(root, "usr/lib/coppice-lab/update-ca-certificates"), join(root, "usr/sbin/update-ca-certificates"));
  writeFileSync(join(root, "etc/cloud/cloud-init.disabled"), "");
  // Debian's build labels its files for SELinux, which no machine here has: a program that does nothing stands in.
  symlinkSync("/bin/true", join(folder, "setfiles"));
  const config = join(folder, "config.ign");
  writeFileSync(config, userData);
  const variables = [`PATH=${folder}:${process.env["PATH"] ?? ""}`, `IGNITION_CONFIG_FILE=${config}`];
  for (const stage of ["fetch", "files"]) {
    const own = ["-config-cache", join(folder, "ignition.json"), "-state-file", join(folder, "ignition.state")];
    const options = ["-root", root, "-platform", platform, "-stage", stage, ...own, "-log-to-stdout"];
    writeFileSync(
      join(folder, `ignition-${stage}.log`),
      await done("ip", ["netns", "exec", namespace, "env", ...variables, program, ...options]),
    );
  }
}

/** User-data as a file on the machine, which is where cloud-init looks on a computer that is no cloud. */
export function seedCloudInit(root: string, instance: string, hostname: string, userData: string): void {
  const seed = join(root, "var/lib/cloud/seed/nocloud");
  mkdirSync(seed, { recursive: true });
  writeFileSync(join(seed, "user-data"), userData);
  writeFileSync(join(seed, "meta-data"), `instance-id: ${instance}\nlocal-hostname: ${hostname}\n`);
  writeFileSync(join(seed, "network-config"), "version: 2\nethernets:\n  eth0:\n    dhcp4: false\n");
}
