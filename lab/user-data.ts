import { parse } from "yaml";
import { machineFile } from "../constructs/node/paths";

/** The part of Ignition's and cloud-init's forms that the lab reads. */
interface Ignition {
  readonly storage: { readonly files: readonly IgnitionFile[] };
}
interface IgnitionFile {
  readonly path: string;
  readonly contents: { readonly source: string };
}
interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly content: string }[];
}

export const isIgnition = (userData: string): boolean => userData.startsWith("{");

/** What user-data says of the machine. */
export function machineJson(userData: string): unknown {
  return JSON.parse(filesOf(userData)[machineFile] ?? "null");
}

/** Files by path. */
export function filesOf(userData: string): Readonly<Record<string, string>> {
  if (!isIgnition(userData)) {
    return Object.fromEntries((parse(userData) as CloudConfig).write_files.map(({ path, content }) => [path, content]));
  }
  const { storage } = JSON.parse(userData) as Ignition;
  return Object.fromEntries(storage.files.map(({ path, contents }) => [path, dataOf(contents.source)]));
}

function dataOf(url: string): string {
  const [, base64, data = ""] = /^data:(;base64)?,(.*)$/s.exec(url) ?? [];
  return base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, "base64").toString("utf8");
}
