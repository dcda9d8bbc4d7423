// The pinned SDK runs on Node 20; its notice about later versions would stand between the results.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  moduleFileExtensions: ["ts", "js", "json", "sh"],
  transform: {
    "\\.sh$": "<rootDir>/test/shell-text.js",
    "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  // Loading cdktf costs about a second a file and a worker: more workers than cores only add loads.
  maxWorkers: 2,
};
