import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPython } from "../../emulated/find-python";
import { findTerraform } from "../../terraform/find-terraform";
import { environmentFolder } from "../../emulated/python-environment";

let bin: string;
beforeEach(() => (bin = mkdtempSync(join(tmpdir(), "coppice-test-"))));
afterEach(() => rmSync(bin, { recursive: true }));

function program(name: string, answer: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s' '${answer}'\n`);
  chmodSync(join(bin, name), 0o755);
}

const terraform = (version: string) => JSON.stringify({ terraform_version: version, platform: "linux_amd64" });
const install = "install Terraform or OpenTofu 1.11 or later, or name the program in TERRAFORM_BINARY_NAME";

describe("Terraform", () => {
  it("is found on PATH, OpenTofu where there is no Terraform", () => {
    program("tofu", terraform("1.11.0"));
    expect(findTerraform({ PATH: bin })).toEqual({ program: join(bin, "tofu"), version: "1.11.0", platform: "linux_amd64" });
    program("terraform", terraform("1.12.2"));
    expect(findTerraform({ PATH: bin }).program).toBe(join(bin, "terraform"));
  });

  it("is the one that TERRAFORM_BINARY_NAME names", () => {
    program("terraform", terraform("1.12.2"));
    program("tofu", terraform("1.13.0"));
    expect(findTerraform({ PATH: bin, TERRAFORM_BINARY_NAME: "tofu" }).version).toBe("1.13.0");
  });

  it.each([
    ["is missing", {}, "", "no terraform and no tofu on PATH"],
    ["is named and missing", { TERRAFORM_BINARY_NAME: "tf9" }, "", "TERRAFORM_BINARY_NAME is tf9, which is no program"],
    ["is too old", {}, terraform("1.9.8"), "<bin>/terraform is 1.9.8"],
  ])("%s: says so and how to go on", (_, env, answer, reason) => {
    if (answer) program("terraform", answer);
    const message = `cannot run here: ${reason.replace("<bin>", bin)}; ${install}`;
    expect(() => findTerraform({ PATH: bin, ...env })).toThrow(message);
  });
});

describe("Python", () => {
  it.each([
    ["is missing", "", "no python3 on PATH"],
    ["is too old", "3.8.10", "<bin>/python3 is 3.8.10"],
  ])("%s: says so and how to go on", (_, answer, reason) => {
    if (answer) program("python3", answer);
    const message = `cannot run here: ${reason.replace("<bin>", bin)}; install Python 3.10 or later with its venv module`;
    expect(() => findPython({ PATH: bin })).toThrow(message);
  });

  it("gets an environment of its own for each set of requirements and each version", () => {
    const env = { COPPICE_CACHE: "/cache" };
    const python = { program: "/usr/bin/python3", version: "3.11.7" };
    const folder = environmentFolder("moto==1", python, env);
    expect(folder).toMatch(/^\/cache\/moto-[0-9a-f]{16}$/);
    expect(environmentFolder("moto==1", python, env)).toBe(folder);
    expect(environmentFolder("moto==2", python, env)).not.toBe(folder);
    expect(environmentFolder("moto==1", { ...python, version: "3.12.0" }, env)).not.toBe(folder);
  });
});
