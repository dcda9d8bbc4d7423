import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetBucketVersioningCommand, GetPublicAccessBlockCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { findMoto, startMoto, type Moto } from "../../emulated/aws/moto";
import { temporaryFolder } from "../../emulated/bed";
import { CannotRun } from "../../terraform/cannot-run";
import { findTerraform } from "../../terraform/find-terraform";
import { makeS3Bucket } from "../../cli/backend-s3";

/** What this machine has, or why it has not enough. */
function look(): { readonly terraform: string; readonly python: string } | string {
  try {
    return { terraform: findTerraform(process.env).program, python: findMoto(process.env) };
  } catch (reason) {
    if (reason instanceof CannotRun) return reason.message;
    throw reason;
  }
}

const found = look();
if (typeof found === "string") process.stderr.write(`skipped, state bucket: ${found}\n`);
const { terraform: program, python } = typeof found === "string" ? { terraform: "", python: "" } : found;

(typeof found === "string" ? describe.skip : describe)("the bucket for Terraform's state, on an emulated AWS", () => {
  const temporary = temporaryFolder();
  const backend = { type: "s3", bucket: "example-terraform-state", region: "eu-central-1" } as const;
  const kept = { ...process.env };
  let emulator: Moto;

  beforeAll(async () => {
    const world = { account: "111122223333", region: backend.region, images: [], zones: [] };
    emulator = await startMoto(python, world, temporary.path);
    Object.assign(process.env, { AWS_ENDPOINT_URL: emulator.endpoint, AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any" });
  }, 120_000);
  afterAll(async () => {
    process.env = kept;
    await emulator.stop();
    temporary.remove();
  });

  it("is made once, and again changes nothing that is right", async () => {
    const form = "s3://example-terraform-state: versioned, encrypted, closed to the public, TLS only";
    expect(await makeS3Bucket(backend)).toEqual(["s3://example-terraform-state: made in eu-central-1", form]);
    expect(await makeS3Bucket(backend)).toEqual(["s3://example-terraform-state: was there", form]);
    const client = new S3Client({ region: backend.region });
    const Bucket = backend.bucket;
    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Enabled");
    const { PublicAccessBlockConfiguration } = await client.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
  }, 30_000);

  it("takes the state of a stack, under a lock that is gone afterwards", async () => {
    const folder = temporaryFolder();
    const s3 = {
      ...{ bucket: backend.bucket, region: backend.region, key: "prod-aws/terraform.tfstate", encrypt: true, use_lockfile: true },
      ...{
        use_path_style: true,
        endpoints: { s3: emulator.endpoint },
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
      },
    };
    writeFileSync(
      join(folder.path, "main.tf.json"),
      JSON.stringify({ terraform: { backend: { s3 } }, output: { kept: { value: "yes" } } }),
    );
    const terraform = (...args: string[]): string =>
      execFileSync(program, args, {
        cwd: folder.path,
        encoding: "utf8",
        env: { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1", AWS_EC2_METADATA_DISABLED: "true" },
      });
    terraform("init", "-input=false");
    terraform("apply", "-input=false", "-auto-approve");
    const { Contents = [] } = await new S3Client({ region: backend.region }).send(new ListObjectsV2Command({ Bucket: backend.bucket }));
    expect(Contents.map(({ Key }) => Key)).toEqual(["prod-aws/terraform.tfstate"]);
    expect(terraform("output", "-raw", "kept")).toBe("yes");
    folder.remove();
  }, 120_000);
});
