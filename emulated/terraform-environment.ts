import type { Environment } from "../terraform/find-program";

/** A closed port: whatever a provider asks of the world beyond loopback fails at once. */
const nowhere = "http://127.0.0.1:1";

/**
 * What Terraform sees: nothing of the user's accounts or Terraform settings, and no way out but the emulator.
 * @param ofCloud what the emulated cloud gives its providers
 */
export function terraformEnvironment(env: Environment, cliConfig: string, temporary: string, ofCloud: Environment): Environment {
  const users = /^(AWS_|CLOUDSDK_|GCLOUD_|GCP_|GOOGLE_|GOVMOMI_|TF_|VSPHERE_|https?_proxy$|no_proxy$|all_proxy$)/i;
  const kept = Object.entries(env).filter(([name]) => !users.test(name));
  return {
    ...Object.fromEntries(kept),
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    // Go never sends loopback through a proxy; this is for other programs.
    NO_PROXY: "127.0.0.1,localhost",
    TMPDIR: temporary,
    ...ofCloud,
  };
}
