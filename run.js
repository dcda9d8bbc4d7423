// Runs a TypeScript entry of this project: `node run.js stacks/synth.ts [arguments]`. The only JavaScript here, because
// Node 20 reads no TypeScript. The entry is bundled once (esbuild, deep imports only) and again when a source changed.
const { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } = require("fs");
const { Module, createRequire } = require("module");
const { dirname, join } = require("path");
const { Script } = require("vm");

const built = join(__dirname, ".build");

/** The bundle of an entry; built when there is none or when something that went into it is newer. */
function bundle(entry, options = {}) {
  const outfile = join(built, entry.replace(/[/\\]/g, "-").replace(/\.ts$/, ".js"));
  const record = `${outfile}.inputs.json`;
  if (existsSync(outfile) && existsSync(record) && isFresh(JSON.parse(readFileSync(record, "utf8")))) return outfile;
  mkdirSync(built, { recursive: true });
  const { metafile } = build({
    entryPoints: [join(__dirname, entry)],
    outfile,
    absWorkingDir: __dirname,
    bundle: true,
    platform: "node",
    target: "node20",
    metafile: true,
    loader: { ".sh": "text" },
    external: ["*/run.js"],
    logLevel: "warning",
    ...options,
  });
  const inputs = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"));
  writeFileSync(record, JSON.stringify(stamps([...inputs, "package-lock.json", "run.js"])));
  return outfile;
}

// What is wrong with a source, esbuild has printed by then; its own stack would say nothing more.
function build(options) {
  try {
    return require("esbuild").buildSync(options);
  } catch {
    process.exit(1);
  }
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
  load(file);
}

// Compiling 4 MB of bundle takes longer than running it, so V8's code cache is kept beside it. Node has this built in from
// 22.1; here it works on 20 too. V8 refuses a cache of another version or source, and compiles.
function load(file) {
  const cache = `${file}.cache`;
  const source = readFileSync(file, "utf8");
  const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
  const script = new Script(Module.wrap(source), { filename: file, cachedData });
  const module = new Module(file, null);
  module.filename = file;
  module.paths = Module._nodeModulePaths(__dirname);
  script.runInThisContext().call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  if (cachedData === undefined || script.cachedDataRejected) process.once("exit", () => writeFileSync(cache, script.createCachedData()));
}

// Before anything runs: what runs may ask for another bundle.
module.exports = { bundle, run };

if (require.main === module) run(process.argv[2], process.argv.slice(3));
