import "../../stacks/creation-stack";
import { createHash } from "crypto";
import { join } from "path";
import { loadEnvironment } from "../../stacks/environments";
import { expectGolden } from "../golden";
import { scenarios, type Scenario } from "./scenarios";
import { googleScenarios } from "./scenarios-google";
import { vsphereScenarios } from "./scenarios-vsphere";
import { addresses, synthesizeCluster, type Terraform } from "./terraform";

const folder = join(__dirname, "golden");

/** What the goldens of the node layer hold stands here as a digest, so that a scenario shows what is its own. */
const textsOfMachines = new Set(["user_data", "user-data", "content", "guestinfo.ignition.config.data", "guestinfo.userdata"]);

function readable(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => readable(one));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([name]) => name !== "//");
    return Object.fromEntries(entries.map(([name, inner]) => [name, readable(inner, name)]));
  }
  if (typeof value !== "string") return value;
  if (textsOfMachines.has(key)) return `sha256 ${createHash("sha256").update(value).digest("hex")}`;
  return value.startsWith('{"Version":') ? JSON.parse(value) : value;
}

/** `type.argument`, `type.argument=value` and, for long texts, the text itself, of everything in a stack. */
function traits({ resource, data = {}, output = {}, terraform }: Terraform): {
  readonly short: Set<string>;
  readonly texts: readonly string[];
} {
  const short = new Set<string>();
  const texts: string[] = [];
  const walk = (path: string, value: unknown): void => {
    short.add(path);
    if (Array.isArray(value)) value.forEach((one) => walk(path, one));
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) if (key !== "//") walk(`${path}.${key}`, inner);
    } else {
      short.add(`${path}=${String(value)}`);
      if (textsOfMachines.has(path.split(".").at(-1) ?? "")) texts.push(`${path}~${String(value)}`);
    }
  };
  for (const [type, blocks] of Object.entries(resource)) Object.values(blocks).forEach((block) => walk(type, block));
  for (const [type, blocks] of Object.entries(data)) Object.values(blocks).forEach((block) => walk(`data.${type}`, block));
  for (const [name, { value }] of Object.entries(output)) walk(`output.${name}`, value);
  walk("terraform", terraform);
  return { short, texts };
}

function has(terraform: Terraform, trait: string): boolean {
  const { short, texts } = traits(terraform);
  const [path = "", part] = trait.split("~");
  return part === undefined ? short.has(trait) : texts.some((text) => text.startsWith(`${path}~`) && text.includes(part));
}

describe.each<[cloud: string, prefix: string, Readonly<Record<string, Scenario>>]>([
  ["aws", "", scenarios],
  ["google", "google-", googleScenarios],
  ["vsphere", "vsphere-", vsphereScenarios],
])("on %s", (_, prefix, all) => {
  const written = new Map<string, Terraform>();
  beforeAll(() => {
    for (const [name, { environment }] of Object.entries(all)) written.set(name, synthesizeCluster(name, environment));
  });
  const scenario = (name: string): Terraform => {
    const found = written.get(name);
    if (!found) throw new Error(`scenario ${name} was not synthesized`);
    return found;
  };

  describe.each(Object.keys(all))("scenario %s", (name) => {
    test("is the Terraform that it was", () => {
      expectGolden(join(folder, `${prefix}${name}.json`), `${JSON.stringify(readable(scenario(name)), null, 2)}\n`);
    });

    test("has what no other scenario has", () => {
      const trait = all[name]?.adds ?? "";
      expect([...written.keys()].filter((other) => has(scenario(other), trait))).toEqual([name]);
    });
  });
});

test.each(["dev-aws", "prod-aws", "prod-google", "onprem-vsphere"])("the addresses of %s are what they were", (name) => {
  const list = Object.keys(addresses(synthesizeCluster(name, loadEnvironment(name)))).sort();
  expectGolden(join(folder, `${name}.addresses.txt`), `${list.join("\n")}\n`);
});
