import { spawn, type ChildProcess } from "node:child_process";
import { Storage } from "@google-cloud/storage";
import { findProgram } from "../../terraform/find-program";
import { makeGcsBucket } from "../../cli/backend-gcs";
import { answers, freePort } from "../loopback";

const server = findProgram(["fake-gcs-server"], process.env);
if (server === undefined)
  process.stderr.write("skipped, state bucket on Google: fake-gcs-server is not on PATH (go install github.com/fsouza/fake-gcs-server)\n");

(server === undefined ? describe.skip : describe)("the bucket for Terraform's state, on an emulated Google Cloud Storage", () => {
  const backend = { type: "gcs", bucket: "example-terraform-state", project: "example-platform", location: "EUROPE-WEST1" } as const;
  let child: ChildProcess;
  let storage: Storage;
  let apiEndpoint: string;

  beforeAll(async () => {
    const port = await freePort();
    apiEndpoint = `http://127.0.0.1:${port}`;
    child = spawn(
      server ?? "",
      ["-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port", String(port), "-public-host", `127.0.0.1:${port}`],
      {
        stdio: "ignore",
      },
    );
    storage = new Storage({ projectId: backend.project, apiEndpoint });
    await answers(`${apiEndpoint}/_internal/healthcheck`, ({ ok }) => ok);
  }, 30_000);
  afterAll(() => child.kill("SIGKILL"));

  it("is made once, and again changes nothing that is right", async () => {
    const form = "gs://example-terraform-state: versioned, closed to the public, access by IAM alone";
    expect(await makeGcsBucket(backend, { apiEndpoint })).toEqual(["gs://example-terraform-state: made in EUROPE-WEST1", form]);
    expect(await makeGcsBucket(backend, { apiEndpoint })).toEqual(["gs://example-terraform-state: was there", form]);
    const [metadata] = await storage.bucket(backend.bucket).getMetadata();
    // This server keeps no location, no uniform access and no prevention of public access: those are not shown here.
    expect(metadata).toMatchObject({ versioning: { enabled: true } });
  });
});
