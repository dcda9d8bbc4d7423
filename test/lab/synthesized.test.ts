import { unescaped } from "../../lab/synthesized";
import { terraformText } from "../../constructs/platform/terraform-text";
import { filesOf } from "../../lab/user-data";

test.each(["plain", "${NAME} and %{x}", "$${twice} $$ %% {", "a$b%c"])("text %j comes back as machines need it", (text) => {
  expect(unescaped(terraformText(text))).toBe(text);
});

test("files of user-data are read in both forms", () => {
  const file = (path: string, source: string) => ({ path, mode: 420, contents: { source } });
  const ignition = JSON.stringify({ storage: { files: [file("/a", "data:,one%20%22"), file("/b", "data:;base64,dHdv")] } });
  const cloudInit = '#cloud-config\nwrite_files:\n  - path: /a\n    content: "one \\""\n  - path: /b\n    content: two\n';
  expect([ignition, cloudInit].map(filesOf)).toEqual(Array(2).fill({ "/a": 'one "', "/b": "two" }));
});
