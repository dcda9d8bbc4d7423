#!/usr/bin/env node
require("../run.js").run("cli/main.ts", process.argv.slice(2));
