import { synthesize } from "./synthesize";

/** What `cdktf` runs; it names the folder in the environment. */
try {
  synthesize(process.env["CDKTF_OUTDIR"] ?? "cdktf.out");
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
