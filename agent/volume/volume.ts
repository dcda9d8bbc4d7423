/** How the volume of a seat stands. */
export type VolumeSeen =
  /** Its file system is mounted and takes what is written. */
  | { readonly kind: "mounted" }
  /** On its way, gone, or broken. */
  | { readonly kind: "missing"; readonly reason: string }
  /** Mounted, and good for nothing: what runs on it must end, and then it is let go of. */
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "blank" }
  | { readonly kind: "foreign"; readonly reason: string };

/** The volume of a seat. */
export interface Volume {
  /** Where it is mounted. */
  readonly folder: string;
  /** Attaches and mounts it, as far as that goes now. */
  look(): Promise<VolumeSeen>;
  /** On a blank one, and mounts it. @throws Error when it is not blank, or has not become a file system */
  makeFileSystem(): Promise<void>;
  /** After it failed. */
  letGo(): Promise<void>;
}
