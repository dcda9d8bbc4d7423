import "../../stacks/creation-stack";
import { generateKeyPairSync, randomBytes } from "crypto";
import { environmentNames, loadEnvironment } from "../../stacks/environments";
import { scenarios } from "./scenarios";
import { googleScenarios } from "./scenarios-google";
import { vsphereScenarios } from "./scenarios-vsphere";
import { secretsIn } from "./secrets";
import { synthesizeText } from "./terraform";

const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

describe("the check finds what is planted", () => {
  const clean = synthesizeText("golden", scenarios["one-seat"]?.environment).cluster;
  const userData = (inner: string): string => Buffer.from(`${"x".repeat(100)}${inner}`).toString("base64");

  test.each([
    ["a private key", key],
    ["a private key with escaped newlines", JSON.stringify(key)],
    ["a private key in base64", Buffer.from(key).toString("base64")],
    ["a private key in user-data", userData(key)],
    ["a private key in base64 in user-data", userData(`data:;base64,${Buffer.from(key).toString("base64")}`)],
    ["an access key", `AKIA${hex(8).toUpperCase()}`],
    ["a bootstrap token", `${hex(3)}.${hex(8)}`],
    ["a password", `password: ${hex(10)}`],
    ["a proxy with credentials", `http://user:${hex(6)}@proxy.example.com:3128`],
    ["a web token", `eyJ${hex(10)}.eyJ${hex(20)}.${hex(8)}`],
  ])("%s", (_, planted) => {
    const at = clean.indexOf('"resource"');
    expect(secretsIn(clean.slice(0, at) + planted + clean.slice(at))).not.toEqual([]);
  });
});

const all: [string, unknown][] = [
  ...environmentNames().map((name): [string, unknown] => [name, loadEnvironment(name)]),
  ...Object.entries(scenarios).map(([name, { environment }]): [string, unknown] => [name, environment]),
  ...Object.entries(googleScenarios).map(([name, { environment }]): [string, unknown] => [`google-${name}`, environment]),
  ...Object.entries(vsphereScenarios).map(([name, { environment }]): [string, unknown] => [`vsphere-${name}`, environment]),
];

test.each(all)("nothing secret in %s", (name, environment) => {
  const { cluster, addons } = synthesizeText(name, environment);
  expect(secretsIn(cluster)).toEqual([]);
  expect(secretsIn(addons)).toEqual([]);
});
