import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** How a file lies on the machine. */
export interface Placing {
  /** `/etc/etcd/pki/peer.key` */
  readonly path: string;
  /** `0600` */
  readonly mode: string;
  /** `root:etcd` */
  readonly owner: string;
}

/** The files of a machine. */
export class Place {
  /** `root` stands before every path; `ids` gives the numbers of `user:group`. */
  constructor(
    private readonly root = "",
    private readonly ids: (owner: string) => Promise<{ uid: number; gid: number }> = idsOf,
  ) {}

  /** Undefined when there is no such file. */
  async read(path: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.root, path), "utf8");
    } catch (reason) {
      if ((reason as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw reason;
    }
  }

  /** Whether the file is there as it should be: content, mode and owner. */
  async holds({ path, mode, owner }: Placing, text: string): Promise<boolean> {
    if ((await this.read(path)) !== text) return false;
    const found = await stat(join(this.root, path));
    const { uid, gid } = await this.ids(owner);
    return (found.mode & 0o777) === parseInt(mode, 8) && found.uid === uid && found.gid === gid;
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.root, path), { force: true });
  }

  /** Whole or not at all, and never readable for others in between; on the disk when it returns. */
  async write({ path, mode, owner }: Placing, text: string): Promise<void> {
    const target = join(this.root, path);
    // Always the same name: what a killed agent left is overwritten by the next one.
    const aside = join(dirname(target), `.${basename(target)}.new`);
    const { uid, gid } = await this.ids(owner);
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await rm(aside, { force: true });
    try {
      const file = await open(aside, "wx", 0o600);
      try {
        await file.writeFile(text);
        await file.chown(uid, gid);
        await file.chmod(parseInt(mode, 8));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, target);
    } catch (reason) {
      await rm(aside, { force: true });
      throw reason;
    }
    await synced(dirname(target));
  }
}

/** A rename is on the disk once its folder is. */
export async function synced(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function idsOf(owner: string): Promise<{ uid: number; gid: number }> {
  const [user = "", group = ""] = owner.split(":");
  return { uid: await idIn("/etc/passwd", user), gid: await idIn("/etc/group", group) };
}

async function idIn(file: string, name: string): Promise<number> {
  const line = (await readFile(file, "utf8")).split("\n").find((one) => one.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`${file} knows no ${name}`);
  return Number(line.split(":")[2]);
}
