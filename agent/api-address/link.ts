import { networkInterfaces } from "node:os";
import { run } from "../run";

/** The interface that has an address: its name and its MAC address. */
export interface Link {
  readonly name: string;
  readonly mac: string;
}

/** What a machine can do with its interfaces. */
export interface Links {
  readonly linkWith: (address: string) => Link | undefined;
  readonly addAddress: (address: string, link: Link) => Promise<void>;
  readonly removeAddress: (address: string, link: Link) => Promise<void>;
  readonly announce: (link: Link) => Promise<void>;
}

export function linkWith(address: string, interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): Link | undefined {
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    const found = addresses.find((one) => one.address === address);
    if (found) return { name, mac: found.mac };
  }
  return undefined;
}

/** @throws Error that says why not */
export async function addAddress(address: string, { name }: Link): Promise<void> {
  await ip("address", "add", `${address}/32`, "dev", name);
}

/** @throws Error that says why not */
export async function removeAddress(address: string, { name }: Link): Promise<void> {
  await ip("address", "del", `${address}/32`, "dev", name);
}

/**
 * Tells the segment where the addresses of an interface are now. Setting the MAC address that it has makes the kernel
 * do so (with `arp_notify`), without a program for ARP, which not every image has: net/ipv4/devinet.c, inetdev_event().
 * @throws Error that says why not
 */
export async function announce({ name, mac }: Link): Promise<void> {
  await ip("link", "set", "dev", name, "address", mac);
}

async function ip(...words: string[]): Promise<void> {
  const done = await run("ip", words);
  if (done.code !== 0) throw new Error(`ip ${words.join(" ")}: ${done.said}`);
}

export const ownLinks: Links = { linkWith, addAddress, removeAddress, announce };
