import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../../terraform/cannot-run";
import { foldersOfUserConfig, writeCliConfig } from "../../emulated/cli-config";
import { findProvider, likelyRoots } from "../../emulated/find-provider";
import { awsProvider } from "../../emulated/required-providers";

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "coppice-test-"))));
afterEach(() => rmSync(home, { recursive: true }));

const platform = "linux_amd64";
const unpacked = (mirror: string, version: string, on = platform) =>
  mkdirSync(join(home, mirror, awsProvider, version, on), { recursive: true });

describe("the provider mirror", () => {
  it("is the one that COPPICE_PROVIDER_MIRROR names", () => {
    unpacked("named", "5.9.0");
    unpacked("plugins", "6.25.0");
    const env = { HOME: home, COPPICE_PROVIDER_MIRROR: join(home, "named") };
    expect(findProvider(awsProvider, "6.25.0", platform, env)).toEqual({
      folder: join(home, "named"),
      source: awsProvider,
      version: "5.9.0",
    });
  });

  it("is searched for in likely places, and the wanted version wins over a newer one", () => {
    unpacked("some/plugins", "6.25.0");
    unpacked("some/plugins", "6.100.0");
    expect(findProvider(awsProvider, "6.25.0", platform, { HOME: home }).version).toBe("6.25.0");
  });

  it("gives its newest version, by number, where the wanted one is missing", () => {
    for (const version of ["5.9.0", "5.100.0", "5.20.0"]) unpacked("plugins", version);
    expect(findProvider(awsProvider, "6.25.0", platform, { HOME: home }).version).toBe("5.100.0");
  });

  it("may hold packed providers, as `terraform providers mirror` writes them", () => {
    mkdirSync(join(home, "plugins", awsProvider), { recursive: true });
    writeFileSync(join(home, "plugins", awsProvider, "terraform-provider-aws_6.25.0_linux_amd64.zip"), "");
    writeFileSync(join(home, "plugins", awsProvider, "terraform-provider-aws_6.26.0_darwin_arm64.zip"), "");
    expect(findProvider(awsProvider, undefined, platform, { HOME: home }).version).toBe("6.25.0");
  });

  it("is missing when only other platforms are there", () => {
    unpacked("plugins", "6.25.0", "darwin_arm64");
    const find = () => findProvider(awsProvider, "6.25.0", platform, { HOME: home, COPPICE_PROVIDER_MIRROR: join(home, "plugins") });
    expect(find).toThrow(CannotRun);
    expect(find).toThrow(
      `cannot run here: ${awsProvider} for linux_amd64 is not in COPPICE_PROVIDER_MIRROR (${home}/plugins); run "terraform providers mirror <folder>" where a registry can be reached and set COPPICE_PROVIDER_MIRROR=<folder>`,
    );
  });

  it("is looked for where the user's configuration and environment point", () => {
    const mirrors = ["/mirrors/own", "/mirrors/other"].map((folder) => ({ folder, source: awsProvider, version: "1.0.0" }));
    writeCliConfig(join(home, ".terraformrc"), mirrors);
    const env = { HOME: home, TF_PLUGIN_CACHE_DIR: "/cache", TF_CLI_CONFIG_FILE: join(home, "missing"), COPPICE_CACHE: "/kept" };
    expect(foldersOfUserConfig(env)).toEqual(["/mirrors/own", "/mirrors/other"]);
    expect(likelyRoots(env).slice(0, 4)).toEqual(["/cache", "/mirrors/own", "/mirrors/other", "/kept/providers"]);
  });
});
