import { spawnSync } from "child_process";
import fc from "fast-check";
import { parse } from "yaml";
import { firstBoot } from "../../constructs/node/first-boot";
import { roleConfigurationOf, roleConfigurationText } from "../../constructs/node/role-configuration";
import { command, environmentFile, oneLine, word } from "../../constructs/node/systemd";
import { userData } from "../../constructs/node/user-data";
import type { ClusterSpec } from "../../constructs/spec/cluster-spec";
import type { NodeUnit } from "../../constructs/spec/role-configuration";
import { agentDigest, clusterSpec, companyNetwork, machines, nodePlatform } from "./cluster";
import { settingsOf } from "./synthesized";

/** Texts made of what has a meaning to YAML, JSON, shells, systemd and Terraform, and of everything else. */
const fragments = [
  "%n",
  "%%",
  "$HOME",
  "${HOME}",
  "$$",
  "$(reboot)",
  "`reboot`",
  '"',
  "'",
  "\\",
  "\\n",
  "\n",
  "\r",
  "\u0000",
  "\u0085",
  "\u2028",
];
const more = [
  ": ",
  "- ",
  "# ",
  "*a",
  "&a",
  "!!int",
  "{",
  "}",
  "[",
  "]",
  "|",
  ">",
  ";",
  "ExecStart=/bin/sh",
  "[Service]",
  "---",
  "%{if}",
  "\t",
  " ",
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...fragments, ...more), fc.string({ unit: "binary", maxLength: 6 }), fc.string({ maxLength: 6 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));
const line = hostile.map((text) => text.replaceAll(/\p{Cc}/gu, ""));

/** A command line as systemd.service(5) reads it: words, quotes, escapes, then `%%` and `$$`. */
function wordsOf(commandLine: string): string[] {
  const words = commandLine.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/gsu) ?? [];
  return words.map((one) =>
    (one.startsWith('"') ? one.slice(1, -1).replaceAll(/\\(["\\])/g, "$1") : one).replaceAll("%%", "%").replaceAll("$$", "$"),
  );
}

test("a word of a command line stays the word that it is", () => {
  fc.assert(
    fc.property(line, line, (first, second) => {
      const text = command("/bin/x", [first], { flag: second });
      expect(wordsOf(text.replaceAll(" \\\n", " "))).toEqual(["/bin/x", first, `--flag=${second}`]);
      expect(text.replaceAll("%%", "").replaceAll("$$", "")).not.toMatch(/[%$]/);
    }),
    { numRuns: 10_000 },
  );
});

test("what cannot be one line is refused, and all else is not", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const write of [() => word(text), () => oneLine(text), () => environmentFile({ A: text })]) {
        if (/\p{Cc}/u.test(text)) expect(write).toThrow("holds control characters");
        else expect(write).not.toThrow();
      }
    }),
    { numRuns: 10_000 },
  );
});

test("a shell reads from an environment file what was written into it", () => {
  const values = fc.sample(
    line.filter((text) => Buffer.from(text).toString() === text),
    10_000,
  );
  const names = values.map((_, index) => `V${index}`);
  const file = environmentFile(Object.fromEntries(values.map((value, index) => [`V${index}`, value])));
  const print = names.map((name) => `printf '%s\\0' "$${name}"`).join("\n");
  const { stdout } = spawnSync("sh", { input: `${file}${print}\n`, encoding: "utf8", env: {} });
  expect(stdout.split("\0").slice(0, -1)).toEqual(values);
});

test("the name of an environment variable is one", () => {
  expect(() => environmentFile({ "A=B\nC": "x" })).toThrow('"A=B\\nC" is not the name of an environment variable');
});

/** A spec that got past every rule with these texts in it. */
function poisoned(text: string): ClusterSpec {
  const spec = clusterSpec({
    ...companyNetwork(1),
    addons: { cni: "calico" },
    access: { oidc: { issuer: "https://x.example.com", clientId: "x" } },
  });
  return {
    ...spec,
    name: text,
    tags: { [text]: text },
    network: { ...spec.network, domain: text, ntp: [text], proxy: { http: text, https: text, bypass: [text] } },
    access: { ...spec.access, oidc: { issuer: text, clientId: text, usernameClaim: text, groupsClaim: text, prefix: text } },
    workers: {
      general: {
        ...clusterSpec().workers["general"],
        labels: { [text]: text },
        taints: [{ key: text, value: text, effect: "NoSchedule" }],
      },
    },
  } as ClusterSpec;
}

const shape = (units: readonly NodeUnit[]) =>
  units.map((unit) => [unit.name, [...settingsOf(unit)].map(([key, values]) => [key, values.length])]);

/** The outcome, or that it was refused. */
const attempt = <T>(make: () => T): T | undefined => {
  try {
    return make();
  } catch (error) {
    expect(String(error)).toMatch(/holds control characters|user-data of/);
    return undefined;
  }
};

test("no text of a spec becomes structure of a role configuration", () => {
  const harmless = roleConfigurationOf(poisoned("harmless"), "master", nodePlatform(), agentDigest);
  const unitsOf = (configuration: typeof harmless) => configuration.components.flatMap((component) => component.units);
  let written = 0;
  fc.assert(
    fc.property(hostile, (text) => {
      const configuration = attempt(() => roleConfigurationOf(poisoned(text), "master", nodePlatform(), agentDigest));
      if (!configuration) return;
      written++;
      expect(JSON.parse(roleConfigurationText(configuration))).toEqual(configuration);
      expect(shape(unitsOf(configuration))).toEqual(shape(unitsOf(harmless)));
      const file = configuration.components.flatMap((component) => component.files).find((one) => one.path.endsWith("authentication.yaml"));
      expect(parse(file?.text ?? "")).toMatchObject({
        jwt: [
          {
            issuer: { url: text, audiences: [text] },
            claimMappings: { username: { claim: text, prefix: text }, groups: { claim: text, prefix: text } },
          },
        ],
      });
    }),
    { numRuns: 1000 },
  );
  expect(written).toBeGreaterThan(500);
});

test("no text of a spec becomes structure of user-data", () => {
  const machine = machines[2];
  let written = 0;
  fc.assert(
    fc.property(hostile, fc.constantFrom("flatcar" as const, "debian" as const), (text, os) => {
      const spec = poisoned(text);
      const platform = nodePlatform(os);
      const got = attempt(() => userData(spec, { ...machine, hostname: "machine" }, platform));
      if (got === undefined) return;
      written++;
      const read = (os === "flatcar" ? JSON.parse(got) : parse(got)) as Record<string, unknown>;
      expect(Object.keys(read)).toEqual(
        os === "flatcar"
          ? ["ignition", "storage", "systemd"]
          : ["hostname", "preserve_hostname", "ntp", "ca_certs", "write_files", "bootcmd", "runcmd"],
      );
      const boot = firstBoot(spec, machine, platform);
      const units = os === "flatcar" ? (read["systemd"] as { units: { contents?: string }[] }).units.map((unit) => unit.contents) : [];
      if (os === "flatcar") expect(units.filter((unit) => unit !== undefined)).toEqual(boot.units.map((unit) => unit.text));
      else
        expect(read["write_files"]).toEqual(
          expect.arrayContaining(boot.files.map((file) => expect.objectContaining({ content: file.text }) as unknown)),
        );
      expect(JSON.parse(boot.files.find((file) => file.path.endsWith("machine.json"))?.text ?? "")).toMatchObject({ cluster: text });
    }),
    { numRuns: 1000 },
  );
  expect(written).toBeGreaterThan(500);
});
