import { unescaped } from "../../lab/synthesized";
import { terraformText } from "../../constructs/platform/terraform-text";
import { filesOf, withFiles } from "../../lab/user-data";

test.each(["plain", "${NAME} and %{x}", "$${twice} $$ %% {", "a$b%c"])("text %j comes back as machines need it", (text) => {
  expect(unescaped(terraformText(text))).toBe(text);
});

test("a changed file of user-data is the only one that changes", () => {
  const file = (path: string, source: string) => ({ path, mode: 420, contents: { source } });
  const userData = JSON.stringify({ storage: { files: [file("/a", "data:,one%20%22"), file("/b", "data:;base64,dHdv")] } });
  const changed = withFiles(userData, (text) => text.replace("two", "three"));
  expect(filesOf(changed)).toEqual({ "/a": 'one "', "/b": "three" });
  expect(JSON.parse(changed)).toMatchObject({ storage: { files: [file("/a", "data:,one%20%22"), { path: "/b", mode: 420 }] } });
});
