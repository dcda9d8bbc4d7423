/** One line of Terraform's machine-readable output. */
export interface Message {
  readonly type?: string;
  readonly "@message"?: string;
  readonly diagnostic?: Diagnostic;
  readonly hook?: { readonly action?: string; readonly resource?: { readonly addr?: string } };
}

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
  readonly address?: string;
}

/** Lines that are not JSON (a crash, a warning of the loader) are kept as messages: they may be the only reason given. */
export function parseMessage(line: string): Message {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return { "@message": line };
  }
}

export function printable({ severity, summary, detail, address }: Diagnostic): string {
  const head = `${severity}: ${summary}${address ? ` (${address})` : ""}`;
  return detail ? `${head}\n${detail.replace(/^/gm, "    ")}` : head;
}

/** Terraform failed; the message is its own. */
export class TerraformFailed extends Error {
  constructor(
    command: string,
    readonly diagnostics: readonly Diagnostic[],
    otherOutput: string,
  ) {
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(printable);
    super(`terraform ${command} failed\n${(errors.length > 0 ? errors : [otherOutput]).join("\n")}`);
    this.name = "TerraformFailed";
  }
}
