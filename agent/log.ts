/** One line of JSON for the journal; time and machine are the journal's own. */
export function say(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}

const said = new Map<string, string>();

/** As `say`, but only when what it says is something else than the last time: for what is looked at again and again. */
export function sayOnce(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  const text = JSON.stringify(fields);
  if (said.get(event) === text) return;
  said.set(event, text);
  say(event, fields);
}
