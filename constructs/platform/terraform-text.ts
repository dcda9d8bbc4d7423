/**
 * Text as Terraform must read it: `${` and `%{` begin its own expressions and are written twice. The one place that
 * escapes; node text itself stays as the machine needs it.
 * @throws Error when a token of the synthesizer got into the text, for it would reach the machine unresolved
 */
export function terraformText(text: string): string {
  return plain(text).replace(/[$%]\{/g, (start) => `${start.charAt(0)}${start}`);
}

/** The form in which user-data travels. @throws Error as above */
export function base64(text: string): string {
  return Buffer.from(plain(text), "utf8").toString("base64");
}

function plain(text: string): string {
  if (text.includes("TfToken[")) throw new Error(`a token of the synthesizer in a text for a machine: ${text.slice(0, 120)}`);
  return text;
}
