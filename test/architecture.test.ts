import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.(ts|js|mjs|sh|py)$/.test(file) && !/(^|\/)golden\//.test(file))
  .flatMap((file) => textOf(file));

interface Source {
  readonly file: string;
  readonly text: string;
}

/** A file that is deleted but not yet committed has no text. */
function textOf(file: string): Source[] {
  try {
    return [{ file, text: readFileSync(file, "utf8") }];
  } catch {
    return [];
  }
}

/** From the data to what is built of it: each imports itself and what stands before it. */
const order = ["spec", "segmentation", "node", "addons", "platform", "stacks"];
const program = files.filter(({ file }) => /^(constructs|stacks)\/.*\.ts$/.test(file));

const folderOf = (file: string): string => (file.startsWith("constructs/") ? (file.split("/")[1] ?? "") : (file.split("/")[0] ?? ""));

function importsOf({ file, text }: Source): readonly string[] {
  const found = [...text.matchAll(/^(?:import|export)\b[^;]*?from\s+"([^"]+)"/gm), ...text.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)];
  return found.map(([, path = ""]) => (path.startsWith(".") ? normalize(join(dirname(file), path)) : path));
}

/** `file -> import` for every import that breaks a rule. */
function wrong(sources: readonly Source[], breaks: (from: string, to: string) => boolean): readonly string[] {
  return sources.flatMap((source) =>
    importsOf(source)
      .filter((to) => breaks(source.file, to))
      .map((to) => `${source.file} -> ${to}`),
  );
}

it("sees the program", () => {
  expect(program.length).toBeGreaterThan(50);
  expect(program.flatMap(importsOf).length).toBeGreaterThan(200);
});

it("imports only leftward", () => {
  const isOurs = (path: string): boolean => order.includes(folderOf(path)) && /^(constructs|stacks)\//.test(path);
  expect(wrong(program, (from, to) => isOurs(to) && order.indexOf(folderOf(to)) > order.indexOf(folderOf(from)))).toEqual([]);
  expect(program.filter(({ file }) => !order.includes(folderOf(file))).map(({ file }) => file)).toEqual([]);
});

it("keeps cdktf in the platforms and the stacks", () => {
  const isCdktf = (to: string): boolean =>
    /^(cdktf|@cdktf\/.*|constructs)(\/|$)/.test(to) && !/^constructs\/(spec|segmentation|node|addons|platform)\//.test(to);
  const outside = files.filter(
    ({ file }) => /^(agent|cli|constructs|stacks)\/.*\.ts$/.test(file) && !/^(constructs\/platform|stacks)\//.test(file),
  );
  expect(wrong(outside, (_, to) => isCdktf(to))).toEqual([]);
});

it("plans without cdktf what a cloud is like", () => {
  const pure = files.filter(({ file }) =>
    /^constructs\/platform\/[a-z]+\/(facts|check|members|machine-types|regions|partition|rules\/[a-z-]+)\.ts$/.test(file),
  );
  expect(pure.length).toBeGreaterThan(5);
  expect(wrong(pure, (_, to) => /^(cdktf|@cdktf)/.test(to))).toEqual([]);
});

it("imports resources, not whole providers", () => {
  expect(wrong(files, (_, to) => /^@cdktf\/provider-[a-z]+(\/lib)?$/.test(to))).toEqual([]);
});

it("lets the agent know the spec and nothing else of the program", () => {
  const agent = files.filter(({ file }) => /^agent\/.*\.ts$/.test(file));
  expect(wrong(agent, (_, to) => /^(constructs|stacks|cli)\//.test(to) && !to.startsWith("constructs/spec/"))).toEqual([]);
});

it("lets one cloud know nothing of another", () => {
  const cloudOf = (file: string): string | undefined => /^constructs\/platform\/([a-z]+)\//.exec(file)?.[1];
  expect(wrong(program, (from, to) => cloudOf(from) !== undefined && cloudOf(to) !== undefined && cloudOf(from) !== cloudOf(to))).toEqual(
    [],
  );
});

it("decides on the cloud in the stacks only", () => {
  const decides = /\bswitch \([^)]*\bcloud\)|\bcloud\s*[!=]==?\s*"|case "(aws|google|vsphere)"/;
  const inside = program.filter(({ file, text }) => !file.startsWith("stacks/") && decides.test(text)).map(({ file }) => file);
  expect(inside).toEqual([]);
  expect(program.filter(({ text }) => /\bswitch \([^)]*\bcloud\)/.test(text)).map(({ file }) => file)).toHaveLength(1);
});

it("keeps every file short, and none for leftovers", () => {
  expect(files.filter(({ text }) => text.split("\n").length > 251).map(({ file }) => file)).toEqual([]);
  expect(files.filter(({ file }) => /^(utils?|helpers?|common|misc)\b/.test(basename(file))).map(({ file }) => file)).toEqual([]);
});
