import type { Environment } from "../terraform/find-program";

/** A closed port: whatever a provider asks of the world beyond loopback fails at once. */
const nowhere = "http://127.0.0.1:1";

/** What Terraform sees: nothing of the user's accounts or Terraform settings, and no way out but the emulator. */
export function terraformEnvironment(env: Environment, cliConfig: string, endpoint: string, temporary: string): Environment {
  const kept = Object.entries(env).filter(([name]) => !/^(AWS_|TF_|https?_proxy$|no_proxy$|all_proxy$)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    // Go never sends loopback through a proxy; this is for other programs.
    NO_PROXY: "127.0.0.1,localhost",
    TMPDIR: temporary,
  };
}
