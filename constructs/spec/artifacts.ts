import { assets } from "./assets.json";
import { architectures, type Architecture } from "./versions";

/** One file that a machine downloads; it is used only when its digest matches. */
export interface Artifact {
  readonly url: string;
  readonly sha256: string;
}

/** The same file for every architecture; a machine takes the one of its own. */
export type ArtifactByArchitecture = Readonly<Record<Architecture, Artifact>>;

/** Where artifacts come from when upstream is out of reach: scheme, host and an optional path, without a trailing slash. */
export type MirrorUrl = string;

/** What of a cluster decides where its artifacts come from. */
export interface Sources {
  /** @default upstream */
  readonly mirror?: MirrorUrl | undefined;
  /** SHA-256 of files that somebody has built in place of upstream's, by upstream's URL. */
  readonly builds?: Readonly<Record<string, string>>;
}

/**
 * An upstream release file. A mirror keeps the upstream path behind its own address, so that
 * `https://dl.k8s.io/release/x` becomes `https://mirror.example.com/dl.k8s.io/release/x`; the digest is upstream's, unless
 * somebody has built that very file.
 * @throws Error when `assets.json` holds no digest for it
 */
export function artifact(name: string, version: string, { mirror, builds = {} }: Sources = {}): ArtifactByArchitecture {
  const [amd64, arm64] = architectures.map((arch) => {
    const asset = assets.find((one) => one.name === name && one.version === version && one.arch === arch);
    if (!asset) throw new Error(`assets.json: no digest for ${name} ${version} ${arch}; add it with its source`);
    return { url: mirrored(asset.url, mirror), sha256: builds[asset.url] ?? asset.sha256 };
  });
  return { amd64: amd64 as Artifact, arm64: arm64 as Artifact };
}

/** Whether a machine of some cluster downloads this file. */
export const isUpstream = (url: string): boolean => assets.some((asset) => asset.url === url);

function mirrored(url: string, mirror: MirrorUrl | undefined): string {
  return mirror === undefined ? url : `${mirror}/${url.replace(/^https:\/\//, "")}`;
}
