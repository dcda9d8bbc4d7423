import type { ServerResponse } from "node:http";

/** A refusal in the form that all of Google's APIs have: https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export interface Refused {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

export const unauthorized: Refused = { status: 401, reason: "authError", message: "Invalid Credentials" };
export const forbidden: Refused = { status: 403, reason: "forbidden", message: "Permission denied" };
export const unavailable: Refused = { status: 503, reason: "backendError", message: "Backend Error" };

export function refuse(response: ServerResponse, { status, reason, message }: Refused): void {
  const body = JSON.stringify({ error: { code: status, message, errors: [{ message, domain: "global", reason }] } });
  // What is still being sent is of no use: the connection ends with the answer.
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body), connection: "close" });
  response.end(body);
}
