import { overrideFor, pinnedVersion } from "../../emulated/override";
import { terraformEnvironment } from "../../emulated/terraform-environment";

const stack = {
  terraform: { required_providers: { aws: { source: "aws", version: "= 6.25.0" } } },
  provider: {
    aws: [
      { region: "eu-central-1", default_tags: [] },
      { alias: "dns", region: "us-east-1" },
    ],
  },
};
const input = { region: "eu-west-1", endpoint: "http://127.0.0.1:4711", source: "registry.terraform.io/hashicorp/aws", version: "5.100.0" };

describe("the override file", () => {
  const override = overrideFor(stack, input) as {
    terraform: unknown;
    provider: { aws: readonly { alias?: string; region: string; endpoints: Record<string, string>[] }[] };
  };

  it("keeps the state in the folder and takes the provider that was found", () => {
    expect(override.terraform).toEqual({
      backend: { local: {} },
      required_providers: { aws: { source: "registry.terraform.io/hashicorp/aws", version: "5.100.0" } },
    });
  });

  it("covers every provider block of the stack, by alias, in its own region", () => {
    expect(override.provider.aws.map(({ alias, region }) => [alias, region])).toEqual([
      [undefined, "eu-central-1"],
      ["dns", "us-east-1"],
    ]);
  });

  it("sends every service to loopback", () => {
    for (const { endpoints } of override.provider.aws) {
      expect(new Set(endpoints.flatMap((one) => Object.values(one)))).toEqual(new Set(["http://127.0.0.1:4711"]));
    }
  });

  it("is compared with the version that the stack is made for", () => {
    expect(pinnedVersion(stack)).toBe("6.25.0");
  });
});

describe("what Terraform sees", () => {
  const env = { PATH: "/bin", AWS_PROFILE: "production", TF_CLI_ARGS: "-lock=false", TF_VAR_x: "1", https_proxy: "http://proxy" };
  const seen = terraformEnvironment(env, "/tmp/x/terraformrc", "http://127.0.0.1:4711", "/tmp/x");

  it("is nothing of the user's accounts and settings", () => {
    expect(Object.keys(seen)).toEqual(expect.not.arrayContaining(["AWS_PROFILE", "TF_CLI_ARGS", "TF_VAR_x", "https_proxy"]));
    expect(seen).toMatchObject({ PATH: "/bin", TF_CLI_CONFIG_FILE: "/tmp/x/terraformrc", CHECKPOINT_DISABLE: "1" });
  });

  it("leads nowhere but to the emulator, for services without an endpoint of their own too", () => {
    expect(seen).toMatchObject({ AWS_ENDPOINT_URL: "http://127.0.0.1:4711", HTTPS_PROXY: "http://127.0.0.1:1" });
  });
});
