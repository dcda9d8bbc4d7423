import { globalAgent } from "node:https";

/** Makes this process trust an authority, where no request says whom to trust. */
export function trust(certificate: string): void {
  globalAgent.options.ca = certificate;
}

/** Jest runs other files in the same process, and what the agent trusts stands over what their requests say. */
export function distrust(): void {
  delete globalAgent.options.ca;
  globalAgent.destroy();
}
