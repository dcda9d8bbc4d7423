import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../../../terraform/find-program";
import { cacheFolder } from "../../../emulated/python-environment";
import { gatewayVersion } from "../../../lab/store/gateway";

/** Whom every store is told to know; MinIO wants a password of 8 characters or more. */
export const account = { accessKeyId: "example", secretAccessKey: "example-secret" };
export const region = "eu-central-1";

/** A store that speaks S3, as a program that this machine may have. */
export interface StoreProgram {
  readonly name: string;
  readonly program: string;
  readonly version: string;
  /** What `go install` takes. */
  readonly module: string;
  /** @default 1 process; more are one store, with the same objects behind each */
  readonly processes?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** @param addresses `127.0.0.1:40000`, one for each process */
  args(folder: string, addresses: readonly string[], index: number): readonly string[];
}

/** A folder that is there. */
function below(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

const versitygw = {
  program: "versitygw",
  version: gatewayVersion,
  module: "github.com/versity/versitygw/cmd/versitygw",
  env: { ROOT_ACCESS_KEY: account.accessKeyId, ROOT_SECRET_KEY: account.secretAccessKey },
};
const posix = (address = ""): readonly string[] => ["--port", address, "--region", region, "--keep-alive", "--quiet", "posix"];

const minio = {
  program: "minio",
  // The last commit of the repository, which has no releases as Go modules.
  version: "v0.0.0-20260212201848-7aac2a2c5b7c",
  module: "github.com/minio/minio",
  env: {
    MINIO_ROOT_USER: account.accessKeyId,
    MINIO_ROOT_PASSWORD: account.secretAccessKey,
    MINIO_SITE_REGION: region,
    MINIO_BROWSER: "off",
    MINIO_UPDATE: "off",
    // Else it refuses drives that are folders of one disk.
    MINIO_CI_CD: "on",
  },
};

const gofakes3 = { program: "gofakes3", version: "v1.2.0", module: "github.com/johannesboyne/gofakes3/cmd/gofakes3" };

export const storePrograms: readonly [StoreProgram, ...StoreProgram[]] = [
  {
    name: "versitygw, posix, metadata in extended attributes",
    ...versitygw,
    args: (folder, [address = ""]) => [...posix(address), below(folder, "objects")],
  },
  {
    name: "versitygw, the same, two gateways over one folder",
    ...versitygw,
    processes: 2,
    args: (folder, addresses, index) => [...posix(addresses[index]), below(folder, "objects")],
  },
  {
    name: "versitygw, posix, metadata beside the objects (`--sidecar`)",
    ...versitygw,
    args: (folder, [address = ""]) => [...posix(address), "--sidecar", below(folder, "metadata"), below(folder, "objects")],
  },
  {
    name: "MinIO, one node, one drive",
    ...minio,
    args: (folder, [address = ""]) => ["server", "--quiet", "--address", address, below(folder, "drive")],
  },
  {
    name: "MinIO, four nodes with a drive each",
    ...minio,
    processes: 4,
    args: (folder, addresses, index) => [
      ...["server", "--quiet", "--address", addresses[index] ?? ""],
      ...addresses.map((address, node) => `http://${address}${below(folder, `drive-${node}`)}`),
    ],
  },
  {
    name: "rclone serve s3, over a folder",
    program: "rclone",
    version: "v1.76.0",
    module: "github.com/rclone/rclone",
    args: (folder, [address = ""]) => [
      ...["serve", "s3", "--config", join(folder, "rclone.conf"), "--cache-dir", below(folder, "cache"), "--addr", address],
      ...["--auth-key", `${account.accessKeyId},${account.secretAccessKey}`, below(folder, "objects")],
    ],
  },
  { name: "gofakes3, in memory", ...gofakes3, args: (_, [address = ""]) => ["-host", address, "-backend", "memory"] },
  {
    name: "gofakes3, over a folder",
    ...gofakes3,
    args: (folder, [address = ""]) => [
      "-host",
      address,
      "-backend",
      "fs",
      "-fs.path",
      below(folder, "objects"),
      "-fs.meta",
      below(folder, "metadata"),
    ],
  },
];

export const fakeGcs = { program: "fake-gcs-server", version: "v1.56.1", module: "github.com/fsouza/fake-gcs-server" };

type Pinned = Pick<StoreProgram, "program" | "version" | "module">;

/** The pinned version from the cache, else whatever PATH has under this name. */
export function installed({ program, version }: Pinned): string | undefined {
  return findProgram([join(cacheFolder(process.env), `${program}-${version}`, program), program], process.env);
}

export const installing = ({ module, version }: Pinned): string => `go install ${module}@${version}`;
