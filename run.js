// Runs a TypeScript entry of this project: `node run.js stacks/synth.ts [arguments]`. The only JavaScript here, because
// Node 20 reads no TypeScript. The entry is bundled once (esbuild, deep imports only) and again when a source changed.
const { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } = require("fs");
const { join } = require("path");

const built = join(__dirname, ".build");

/** The bundle of an entry; built when there is none or when something that went into it is newer. */
function bundle(entry) {
  const outfile = join(built, entry.replace(/[/\\]/g, "-").replace(/\.ts$/, ".js"));
  const record = `${outfile}.inputs.json`;
  if (existsSync(outfile) && existsSync(record) && isFresh(JSON.parse(readFileSync(record, "utf8")))) return outfile;
  mkdirSync(built, { recursive: true });
  const { metafile } = require("esbuild").buildSync({
    entryPoints: [join(__dirname, entry)],
    outfile,
    absWorkingDir: __dirname,
    bundle: true,
    platform: "node",
    target: "node20",
    metafile: true,
    loader: { ".sh": "text" },
    logLevel: "warning",
  });
  const inputs = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"));
  writeFileSync(record, JSON.stringify(stamps([...inputs, "package-lock.json", "run.js"])));
  return outfile;
}

// A new environment is a new file, which no stamp of the old ones shows: the folder's list belongs to the stamps.
function stamps(files) {
  const times = Object.fromEntries(files.map((file) => [file, statSync(join(__dirname, file), { throwIfNoEntry: false })?.mtimeMs ?? 0]));
  return { times, environments: readdirSync(join(__dirname, "environments")) };
}

function isFresh(record) {
  return JSON.stringify(stamps(Object.keys(record.times))) === JSON.stringify(record);
}

/** Runs an entry, given by its path from the root, in this process. */
function run(entry, args) {
  const file = bundle(entry);
  process.argv = [process.argv[0], file, ...args];
  require(file);
}

if (require.main === module) run(process.argv[2], process.argv.slice(3));

module.exports = { bundle, run };
