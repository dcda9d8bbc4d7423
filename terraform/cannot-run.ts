/** This machine lacks something; the message says what and the way out. Not a failure of what is tried. */
export class CannotRun extends Error {
  constructor(missing: string, wayOut: string) {
    super(`cannot run here: ${missing}; ${wayOut}`);
    this.name = "CannotRun";
  }
}
