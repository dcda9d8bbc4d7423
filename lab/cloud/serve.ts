import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Server } from "node:net";
import { startEmulator } from "../../emulated/emulator";
import { mirror, storeFront } from "./front";
import type { Answer, Instance, Message, Start } from "./messages";
import { metadataService } from "./metadata";

// The pinned SDK runs on Node 20; its notice about later versions is none of the lab's.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** Plays the cloud inside the lab's network; ends with the process that started it. */
const instances = new Map<string, Instance>();
const say = (answer: Answer): void => void process.send?.(answer);

process.on("disconnect", () => process.exit(0));
process.on("message", (message: Message) => {
  if (message.kind === "start") serve(message).catch((error: unknown) => say({ kind: "failed", why: String(error) }));
  else {
    instances.set(message.instance.address, message.instance);
    say({ kind: "known", id: message.instance.id });
  }
});

async function serve({ folder, python, account, region, bucket, tls, addresses, objects, files }: Start): Promise<void> {
  const { endpoint } = await startEmulator(python, { account, region, images: [], zones: [] }, folder);
  await fill(endpoint, region, bucket, objects);
  await Promise.all([
    listening(metadataService(instances), 80, addresses.metadata),
    listening(storeFront(tls, endpoint), 443, addresses.store),
    listening(mirror(tls, files), 443, addresses.mirror),
  ]);
  say({ kind: "ready" });
}

async function fill(endpoint: string, region: string, Bucket: string, objects: Start["objects"]): Promise<void> {
  const credentials = { accessKeyId: "pipeline", secretAccessKey: "pipeline" };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region as "eu-central-1" } }));
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  for (const [Key, Body] of Object.entries(objects)) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
  }
}

function listening(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
}
