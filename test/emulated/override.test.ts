import { awsEnvironment, awsOnLoopback } from "../../emulated/aws/loopback";
import { overrideFor } from "../../emulated/override";
import { awsProvider, requiredProviders, vsphereProvider } from "../../emulated/required-providers";
import { terraformEnvironment } from "../../emulated/terraform-environment";

const stack = {
  terraform: {
    required_providers: { aws: { source: "aws", version: "= 6.25.0" }, vsphere: { source: "vmware/vsphere", version: "2.15.0" } },
  },
  provider: {
    aws: [
      { region: "eu-central-1", default_tags: [] },
      { alias: "dns", region: "us-east-1" },
    ],
    vsphere: [{ vsphere_server: "vcenter.example.com" }],
  },
};
const endpoint = "http://127.0.0.1:4711";
const found = [
  { folder: "/a", source: awsProvider, version: "5.100.0" },
  { folder: "/b", source: vsphereProvider, version: "2.15.0" },
];

describe("the override file", () => {
  const providers = { aws: awsOnLoopback(endpoint, "eu-west-1"), vsphere: () => ({ vsphere_server: "127.0.0.1:8989" }) };
  const override = overrideFor(stack, found, providers) as {
    terraform: unknown;
    provider: { aws: readonly { alias?: string; region: string; endpoints: Record<string, string>[] }[]; vsphere: unknown };
  };

  it("keeps the state in the folder and takes the providers that were found", () => {
    expect(override.terraform).toEqual({
      backend: { local: {} },
      required_providers: {
        aws: { source: "registry.terraform.io/hashicorp/aws", version: "5.100.0" },
        vsphere: { source: "registry.terraform.io/vmware/vsphere", version: "2.15.0" },
      },
    });
  });

  it("covers every provider block of the stack, by alias, in its own region", () => {
    expect(override.provider.aws.map(({ alias, region }) => [alias, region])).toEqual([
      [undefined, "eu-central-1"],
      ["dns", "us-east-1"],
    ]);
    expect(override.provider.vsphere).toEqual([{ vsphere_server: "127.0.0.1:8989" }]);
  });

  it("sends every service to loopback", () => {
    for (const { endpoints } of override.provider.aws) {
      expect(new Set(endpoints.flatMap((one) => Object.values(one)))).toEqual(new Set([endpoint]));
    }
  });

  it("is compared with the versions that the stack is made for", () => {
    expect(requiredProviders(stack).map(({ source, version }) => [source, version])).toEqual([
      [awsProvider, "6.25.0"],
      [vsphereProvider, "2.15.0"],
    ]);
  });
});

describe("what Terraform sees", () => {
  const env = {
    PATH: "/bin",
    AWS_PROFILE: "production",
    VSPHERE_USER: "anna",
    GOOGLE_PROJECT: "own",
    TF_CLI_ARGS: "-lock=false",
    TF_VAR_x: "1",
    https_proxy: "http://proxy",
  };
  const seen = terraformEnvironment(env, "/tmp/x/terraformrc", "/tmp/x", awsEnvironment(endpoint));

  it("is nothing of the user's accounts and settings", () => {
    expect(Object.keys(seen)).toEqual(
      expect.not.arrayContaining(["AWS_PROFILE", "VSPHERE_USER", "GOOGLE_PROJECT", "TF_CLI_ARGS", "TF_VAR_x", "https_proxy"]),
    );
    expect(seen).toMatchObject({ PATH: "/bin", TF_CLI_CONFIG_FILE: "/tmp/x/terraformrc", CHECKPOINT_DISABLE: "1" });
  });

  it("leads nowhere but to the emulator, for services without an endpoint of their own too", () => {
    expect(seen).toMatchObject({ AWS_ENDPOINT_URL: "http://127.0.0.1:4711", HTTPS_PROXY: "http://127.0.0.1:1" });
  });
});
