import { createHash } from "node:crypto";
import { blocksOf, type Block, type Synthesized } from "../../terraform/synthesized";

/** What stands in the account and its region before the first apply, as far as the stacks ask for it. */
export interface World {
  readonly account: string;
  readonly region: string;
  readonly images: readonly Image[];
  readonly zones: readonly { readonly id: string; readonly name: string }[];
}

/** In the form of moto's MOTO_AMIS_PATH. */
interface Image {
  readonly ami_id: string;
  readonly name: string;
  readonly owner_id: string;
  readonly architecture: string;
  readonly [other: string]: unknown;
}

export function worldFor(stacks: readonly Synthesized[], account: string, region: string): World {
  const images = stacks.flatMap((stack) => blocksOf(stack, "data", "aws_ami")).flatMap(imagesAskedFor);
  const zones = stacks.flatMap((stack) => [
    ...blocksOf(stack, "data", "aws_route53_zone").flatMap(zoneLookedUp),
    ...blocksOf(stack, "resource", "aws_route53_record").flatMap(zoneOfRecord),
  ]);
  return { account, region, images: unique(images, ({ ami_id }) => ami_id), zones: unique(zones, ({ id }) => id) };
}

function imagesAskedFor(lookup: Block): Image[] {
  const owner = strings(lookup.owners).find((one) => /^\d{12}$/.test(one));
  if (!owner) return [];
  const filters = new Map(blocks(lookup.filter).map((filter) => [filter.name, strings(filter.values)]));
  return (filters.get("name") ?? []).map((pattern) => {
    const name = pattern.replaceAll("*", "1");
    const architecture = filters.get("architecture")?.[0] ?? (/arm64|aarch64/.test(name) ? "arm64" : "x86_64");
    return {
      ami_id: `ami-${digest(`${owner}/${name}/${architecture}`).slice(0, 17)}`,
      name,
      owner_id: owner,
      architecture,
      description: name,
      image_location: `${owner}/${name}`,
      image_type: "machine",
      state: "available",
      public: true,
      platform: null,
      hypervisor: "xen",
      virtualization_type: "hvm",
      root_device_type: "ebs",
      root_device_name: "/dev/xvda",
      creation_date: "2026-01-01T00:00:00.000Z",
    };
  });
}

function zoneLookedUp(lookup: Block): World["zones"][number][] {
  if (isLiteral(lookup.zone_id)) return [{ id: lookup.zone_id, name: isLiteral(lookup.name) ? lookup.name : "example.com" }];
  return isLiteral(lookup.name) ? [{ id: `Z${digest(lookup.name).slice(0, 20).toUpperCase()}`, name: lookup.name }] : [];
}

function zoneOfRecord(record: Block): World["zones"][number][] {
  if (!isLiteral(record.zone_id) || !isLiteral(record.name)) return [];
  return [{ id: record.zone_id, name: record.name.split(".").slice(1).join(".") }];
}

function isLiteral(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("${");
}

function blocks(value: unknown): Block[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Block[];
}

function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).filter((one) => typeof one === "string");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function unique<T>(values: readonly T[], key: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [key(value), value])).values()];
}
