import type { FirstBoot } from "./first-boot";
import { yamlText } from "./yaml-text";

/** Updates that restart services and reboot at a time of their own: here a new image is rolled out instead. */
const masked = ["apt-daily.timer", "apt-daily-upgrade.timer", "unattended-upgrades.service"];

/** User-data of cloud-init: https://cloudinit.readthedocs.io/en/latest/reference/modules.html */
export function cloudConfig(machine: FirstBoot): string {
  const started = machine.units.filter((unit) => unit.enable).map((unit) => unit.name);
  return `#cloud-config\n${yamlText({
    ...(machine.hostname !== undefined && { hostname: machine.hostname, preserve_hostname: false }),
    // Knows the time daemon of each system.
    ...(machine.timeServers.length > 0 && { ntp: { enabled: true, servers: machine.timeServers } }),
    ...(machine.trust.length > 0 && { ca_certs: { trusted: machine.trust } }),
    write_files: [
      ...machine.files.map(({ path, mode, owner, text }) => ({ path, permissions: mode, owner, content: text })),
      ...machine.units.map(({ name, text }) => ({
        path: `/etc/systemd/system/${name}`,
        permissions: "0644",
        owner: "root:root",
        content: text,
      })),
    ],
    bootcmd: [["systemctl", "mask", "--now", ...masked]],
    runcmd: [
      ["systemctl", "daemon-reload"],
      // Resolvers read a changed configuration only so.
      ["systemctl", "try-restart", "systemd-resolved.service"],
      ["systemctl", "enable", "--now", "--no-block", ...started],
    ],
  })}`;
}
