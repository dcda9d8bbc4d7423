import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packed } from "../../lab/builds";
import { ran } from "../../lab/command";

test("the same programs are packed into the same bytes, wherever and whenever that is", () => {
  const archives = ["a", "b"].map((cache, index) => {
    const folder = mkdtempSync(join(tmpdir(), `lab-packed-${cache}-`));
    const programs = join(folder, "lab-example-1");
    mkdirSync(programs);
    for (const name of ["etcd", "etcdctl"]) {
      writeFileSync(join(programs, name), name, { mode: 0o755 });
      utimesSync(join(programs, name), index, index);
    }
    return { folder, file: packed(programs, "etcd-v1-linux-amd64/", { COPPICE_CACHE: folder }) };
  });
  const [one, other] = archives.map(({ file }) => readFileSync(file));
  expect(
    ran("tar", ["-tzf", archives[0]?.file ?? ""])
      .trim()
      .split("\n"),
  ).toEqual(["etcd-v1-linux-amd64/etcd", "etcd-v1-linux-amd64/etcdctl"]);
  expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true);
  archives.forEach(({ folder }) => rmSync(folder, { recursive: true }));
});
