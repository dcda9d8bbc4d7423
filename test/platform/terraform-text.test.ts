import fc from "fast-check";
import { base64, terraformText } from "../../constructs/platform/terraform-text";

test.each([
  ["echo ${HOME}", "echo $${HOME}"],
  ["%{if x}", "%%{if x}"],
  ["$${HOME}", "$$${HOME}"],
  ["100 % and $5", "100 % and $5"],
])("%s is written %s", (text, written) => {
  expect(terraformText(text)).toBe(written);
});

/** As Terraform reads a string (seen with 1.11.4): a doubled `$` or `%` before a brace is one, and a single one begins an expression. */
function read(text: string): string | undefined {
  const rest = text.replace(/([$%])\1\{/g, "-");
  return /[$%]\{/.test(rest) ? undefined : text.replace(/([$%])\1\{/g, "$1{");
}

test("no text becomes an expression, and every text arrives as it was", () => {
  const hostile = fc.string({ unit: fc.constantFrom("$", "%", "{", "}", "a", "\n"), maxLength: 40 });
  fc.assert(
    fc.property(hostile, (text) => {
      expect(read(terraformText(text))).toBe(text);
    }),
    { numRuns: 10_000 },
  );
});

test("a token of the synthesizer is refused: a machine could not resolve it", () => {
  expect(() => terraformText("${TfToken[TOKEN.1]}")).toThrow("a token of the synthesizer");
  expect(() => base64("${TfToken[TOKEN.1]}")).toThrow("a token of the synthesizer");
});
