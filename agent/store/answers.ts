import type { Answer } from "./exchange";
import type { Failure } from "./store";

/** What a store says in its answer, in its own form. */
export interface StoreError {
  /** `NoSuchKey`, `SlowDown` */
  readonly code: string;
  readonly message: string;
}

/** An answer that is none of those a call can mean: whatever is not a refusal of rights may pass. */
export function failureOf(answer: Answer, error: (text: string) => StoreError): Failure {
  if (answer.kind === "unanswered") return { kind: "unavailable", reason: answer.reason };
  const { code, message } = error(answer.text);
  const reason = [answer.status, code, message].filter(Boolean).join(" ");
  return { kind: answer.status === 401 || answer.status === 403 ? "forbidden" : "unavailable", reason };
}

export function is(answer: Answer, status: number): answer is Extract<Answer, { kind: "answered" }> {
  return answer.kind === "answered" && answer.status === status;
}

/** The store's own clock in milliseconds; NaN when the answer carries none. Resolution: 1 s. */
export function dateOf(answer: Answer): number {
  return answer.kind === "answered" ? Date.parse(answer.headers.date ?? "") : NaN;
}

export function header(answer: Answer, name: string): string | undefined {
  const value = answer.kind === "answered" ? answer.headers[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Each part of a key as RFC 3986 wants it, and as SigV4 signs it: `encodeURIComponent` leaves five characters more. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
