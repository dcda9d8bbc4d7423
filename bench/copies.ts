import "../stacks/creation-stack";
import { App } from "cdktf";
import { mkdtempSync, rmSync } from "fs";
import { tmpdir } from "os";
import { join } from "path";
import { roleConfigurationOf, roleConfigurationText } from "../constructs/node/role-configuration";
import { userData } from "../constructs/node/user-data";
import { flows } from "../constructs/segmentation/machine-flows";
import type { CompleteEnvironment, Environment } from "../constructs/spec/environment";
import { roles } from "../constructs/spec/roles";
import { etcdSeats, masterSeats } from "../constructs/spec/seats";
import { agentBundle } from "../stacks/agent-bundle";
import { loadEnvironment } from "../stacks/environments";
import { platformOf } from "../stacks/platforms";
import { addStacks, readChecked } from "../stacks/synthesize";

/**
 * Many copies of prod-aws in one process: `copies.js 200 synth` builds them all, `copies.js 200 own` only reads their
 * specs and renders the texts of their machines. Prints what only the process itself knows.
 */
const [count = "1", what = "synth"] = process.argv.slice(2);
const prod = loadEnvironment("prod-aws");
const agent = agentBundle().sha256;
const names = Array.from({ length: Number(count) }, (_, index) => `copy-${index}`);

const read = (name: string): CompleteEnvironment =>
  readChecked(name, { ...prod, cluster: { ...prod.cluster, name } } satisfies Environment);

function own(): void {
  for (const name of names) {
    const { cluster } = read(name);
    const node = platformOf(cluster.placement).facts.node(cluster);
    flows(cluster);
    for (const role of roles) roleConfigurationText(roleConfigurationOf(cluster, role, node, agent));
    for (const seat of [...etcdSeats(cluster), ...masterSeats(cluster)]) userData(cluster, { role: seat.role, name: seat.name }, node);
    for (const pool of Object.keys(cluster.workers)) userData(cluster, { role: "worker", name: pool }, node);
  }
}

function synth(): void {
  const outdir = mkdtempSync(join(tmpdir(), "coppice-bench-"));
  try {
    const app = new App({ outdir });
    for (const name of names) addStacks(app, name, read(name), agent);
    app.synth();
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

if (what === "own") own();
else synth();
// maxRSS counts KiB: https://nodejs.org/api/process.html#processresourceusage
process.stderr.write(`${JSON.stringify({ mebibytes: process.resourceUsage().maxRSS / 1024 })}\n`);
