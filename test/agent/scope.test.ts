import { readFileSync, readdirSync } from "fs";
import { join } from "path";
import { everyRule } from "../../agent/rules";

const root = join(__dirname, "../../agent");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

test.each(files)("%s imports nothing of the program but the spec", (file) => {
  const imports = [...readFileSync(join(root, file), "utf8").matchAll(/ from "(.*)";/g)].map(([, name]) => name ?? "");
  const program = imports.filter((name) => /^@?cdktf|^constructs$|(^|\/)(constructs|stacks|cli|emulated|environments|test)\//.test(name));
  expect(program.filter((name) => !/^(\.\.\/)+constructs\/spec\//.test(name))).toEqual([]);
});

test("no agent makes rules of its own: only the model switches one off", () => {
  const made = new RegExp(`\\b(${Object.keys(everyRule).join("|")}): false|: Rules = \\{`);
  const makers = files.filter((file) => made.test(readFileSync(join(root, file), "utf8")) && file !== "rules.ts");
  expect(makers).toEqual([]);
});
