/** What looks like a secret, and why each form is one. Digests of artifacts and ids of AWS are none. */
const forms: Readonly<Record<string, RegExp>> = {
  "private key": /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/,
  "private key in base64": /LS0tLS1CRUdJTi[A-Za-z0-9+/]*(?:UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW)/,
  "AWS access key": /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  "GitHub token": /\bgh[pousr]_[A-Za-z0-9]{36,}/,
  "bootstrap token": /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/,
  "JSON web token": /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./,
  "password or secret in plain text": /\b(?:password|passwd|secret|token|api[_-]?key)["']?\s*[:=]\s*["']?[A-Za-z0-9+/_.-]{12,}/i,
  "URL with credentials": /\b[a-z][a-z0-9+]*:\/\/[^\s/:@"'<>]+:[^\s/@"'<>]+@/,
};

/** A text with every base64 part that it carries read as well, for user-data travels so. */
function layers(text: string): string[] {
  const inner = (text.match(/[A-Za-z0-9+/]{120,}={0,2}/g) ?? []).map((part) => Buffer.from(part, "base64").toString("latin1"));
  const files = (text.match(/data:[^"\s]*/g) ?? []).map((url) => decodeURIComponent(url.replace(/%(?![0-9A-Fa-f]{2})/g, "%25")));
  return [text, ...inner.flatMap((one) => [one, ...layersOfDataUrls(one)]), ...files];
}

function layersOfDataUrls(text: string): string[] {
  return (text.match(/base64,([A-Za-z0-9+/=]+)/g) ?? []).map((part) =>
    Buffer.from(part.slice("base64,".length), "base64").toString("latin1"),
  );
}

export interface Finding {
  readonly form: string;
  readonly excerpt: string;
}

export function secretsIn(text: string): readonly Finding[] {
  return layers(text).flatMap((layer) =>
    Object.entries(forms).flatMap(([form, pattern]) => {
      const match = pattern.exec(layer);
      return match ? [{ form, excerpt: layer.slice(Math.max(0, match.index - 30), match.index + 60) }] : [];
    }),
  );
}
