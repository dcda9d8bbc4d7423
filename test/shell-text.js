// A shell file is a text to the program that imports it: the bundler's `text` loader does that, and this does it for jest
// (as a transformer) and for ts-node (as `--require`).
const { readFileSync } = require("fs");

const asModule = (text) => `module.exports = ${JSON.stringify(text)};`;

module.exports = { process: (text) => ({ code: asModule(text) }) };

require.extensions[".sh"] = (module, file) => module._compile(asModule(readFileSync(file, "utf8")), file);
