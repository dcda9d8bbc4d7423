import type { NodeFile } from "../spec/role-configuration";
import type { FirstBoot, FixedNetwork } from "./first-boot";
import { iniText, oneLine } from "./systemd";

/** What Flatcar would do by itself and the agent does here: reboots, and containers with programs of the image. */
const masked = ["locksmithd.service", "containerd.service", "docker.socket"];

/** Flatcar's image for one cloud starts ntpd, which keeps systemd's own client from starting; here the latter is told its servers. */
const otherTimeDaemon = "ntpd.service";

/**
 * Spec 3.3: https://coreos.github.io/ignition/configuration-v3_3/. The agent's unit of containerd takes the place of the mask.
 */
export function ignition(machine: FirstBoot): string {
  const hostname =
    machine.hostname === undefined ? [] : [{ ...ignitionFile(file("/etc/hostname", `${machine.hostname}\n`)), overwrite: true }];
  const time = machine.timeServers.length === 0 ? [] : [file("/etc/systemd/timesyncd.conf.d/10-coppice.conf", timesync(machine))];
  const network = machine.network === undefined ? [] : [file("/etc/systemd/network/10-coppice.network", fixed(machine.network))];
  const trust = machine.trust.map((pem, index) => file(`/etc/ssl/certs/coppice-${index}.pem`, pem));
  return `${JSON.stringify({
    ignition: { version: "3.3.0" },
    storage: { files: [...hostname, ...[...machine.files, ...network, ...time, ...trust].map(ignitionFile)] },
    systemd: {
      units: [
        ...machine.units.map(({ name, text, enable }) => ({ name, ...(enable && { enabled: true }), contents: text })),
        ...(time.length > 0 ? [{ name: "systemd-timesyncd.service", enabled: true }] : []),
        ...[...masked, ...(time.length > 0 ? [otherTimeDaemon] : [])].map((name) => ({ name, mask: true })),
      ],
    },
  })}\n`;
}

function timesync(machine: FirstBoot): string {
  return iniText({ Time: { NTP: machine.timeServers.map(oneLine).join(" ") } });
}

/** Before the image's own, which asks DHCP on every interface. */
function fixed({ address, gateway, dns }: FixedNetwork): string {
  return iniText({
    Match: { Type: "ether", Name: "en* eth*" },
    Network: { DHCP: "no", Address: address, Gateway: gateway, DNS: [...dns] },
  });
}

function ignitionFile({ path, mode, text }: NodeFile) {
  return { path, mode: parseInt(mode, 8), contents: { source: dataUrl(text) } };
}

/** A text as a URL, in the shorter of two forms; never compressed, as the bytes of a compressor change with its version. */
function dataUrl(text: string): string {
  const plain = `data:,${text.replace(/[^\w./:;,=?@&+$!~*'()-]/gu, (character) => encodeURIComponent(character))}`;
  const base64 = `data:;base64,${Buffer.from(text).toString("base64")}`;
  return plain.length < base64.length ? plain : base64;
}

function file(path: string, text: string): NodeFile {
  return { path, mode: "0644", owner: "root:root", text };
}
