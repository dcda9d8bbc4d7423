import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../../../emulated/find-program";
import { cacheFolder } from "../../../emulated/python-environment";

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
  /** @param ports of loopback, one for each process */
  args(folder: string, ports: readonly number[], index: number): readonly string[];
}

const at = (port: number | undefined): string => `127.0.0.1:${port}`;

/** A folder that is there. */
function below(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

const versitygw = {
  program: "versitygw",
  version: "v1.8.0",
  module: "github.com/versity/versitygw/cmd/versitygw",
  env: { ROOT_ACCESS_KEY: account.accessKeyId, ROOT_SECRET_KEY: account.secretAccessKey },
};
const posix = (port: number | undefined): readonly string[] => ["--port", at(port), "--region", region, "--keep-alive", "--quiet", "posix"];

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
    args: (folder, [port]) => [...posix(port), below(folder, "objects")],
  },
  {
    name: "versitygw, the same, two gateways over one folder",
    ...versitygw,
    processes: 2,
    args: (folder, ports, index) => [...posix(ports[index]), below(folder, "objects")],
  },
  {
    name: "versitygw, posix, metadata beside the objects (`--sidecar`)",
    ...versitygw,
    args: (folder, [port]) => [...posix(port), "--sidecar", below(folder, "metadata"), below(folder, "objects")],
  },
  {
    name: "MinIO, one node, one drive",
    ...minio,
    args: (folder, [port]) => ["server", "--quiet", "--address", at(port), below(folder, "drive")],
  },
  {
    name: "MinIO, four nodes with a drive each",
    ...minio,
    processes: 4,
    args: (folder, ports, index) => [
      "server",
      "--quiet",
      "--address",
      at(ports[index]),
      ...ports.map((port, node) => `http://${at(port)}${below(folder, `drive-${node}`)}`),
    ],
  },
  {
    name: "rclone serve s3, over a folder",
    program: "rclone",
    version: "v1.76.0",
    module: "github.com/rclone/rclone",
    args: (folder, [port]) => [
      ...["serve", "s3", "--config", join(folder, "rclone.conf"), "--cache-dir", below(folder, "cache"), "--addr", at(port)],
      ...["--auth-key", `${account.accessKeyId},${account.secretAccessKey}`, below(folder, "objects")],
    ],
  },
  { name: "gofakes3, in memory", ...gofakes3, args: (_, [port]) => ["-host", at(port), "-backend", "memory"] },
  { name: "gofakes3, over a folder", ...gofakes3, args: (folder, [port]) => ["-host", at(port), "-backend", "fs", "-fs.path", below(folder, "objects"), "-fs.meta", below(folder, "metadata")] },
];

/** The pinned version from the cache, else whatever PATH has under this name. */
export function installed({ program, version }: StoreProgram): string | undefined {
  return findProgram([join(cacheFolder(process.env), `${program}-${version}`, program), program], process.env);
}

export const installing = ({ module, version, program }: StoreProgram): string =>
  `GOBIN=~/.cache/coppice/${program}-${version} go install ${module}@${version}`;
