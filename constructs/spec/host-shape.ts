import { Address4 } from "ip-address";
import { text } from "./shapes";

const form = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

/** A host whose last part is a number is an address, and must be a whole one: 10.0.0.08 is none, nor is 10.1. */
function isHost(host: string): boolean {
  return form.test(host) && (!/(^|\.)\d+$/.test(host) || Address4.isValid(host));
}

function hasHost(url: string): boolean {
  const [, name = "", port = "443"] = /^https?:\/\/([^/:]+)(?::(\d+))?/.exec(url) ?? [];
  return isHost(name) && Number(port) <= 65535;
}

/** A host name or an IPv4 address. */
export const host = text(form, "is a host name or an address", "ntp.example.com").refine(isHost, "is a host name or an address");

/** A URL of one form, whose host and port can exist. */
export const url = (wanted: RegExp, rule: string, example: string) => text(wanted, rule, example).refine(hasHost, rule);
