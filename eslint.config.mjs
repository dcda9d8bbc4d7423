import js from "@eslint/js";
import tseslint from "typescript-eslint";

const cdktf = { regex: "^(cdktf|constructs|@cdktf)(/|$)", message: "cdktf stays in constructs/platform and stacks" };
const barrels = { regex: "^@cdktf/provider-[a-z]+$", message: "import the resource: a barrel costs nine times the CPU" };

export default tseslint.config(
  { ignores: ["node_modules/", ".build/", "cdktf.out/", "results/", "coverage/"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      "no-restricted-imports": ["error", { patterns: [barrels] }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-dynamic-delete": "off",
      eqeqeq: "error",
    },
  },
  {
    files: ["agent/**", "constructs/{spec,segmentation,node,addons}/**", "cli/**", "terraform/**", "emulated/**", "lab/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [cdktf] }] },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: { require: "readonly", module: "writable", process: "readonly", __dirname: "readonly", console: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
