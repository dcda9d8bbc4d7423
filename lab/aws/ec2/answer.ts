/** What an answer holds: texts, objects, and lists, whose members are called `item`. */
export type Value = string | number | boolean | undefined | readonly Value[] | { readonly [name: string]: Value };

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function element(name: string, value: Value): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return `<${name}>${value.map((one: Value) => element("item", one)).join("")}</${name}>`;
  if (typeof value === "object") {
    return `<${name}>${Object.entries(value)
      .map(([key, one]) => element(key, one as Value))
      .join("")}</${name}>`;
  }
  return `<${name}>${String(value).replace(/[&<>]/g, (sign) => escapes[sign] ?? sign)}</${name}>`;
}

const head = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** `DescribeVolumes` → `<DescribeVolumesResponse …>` */
export function answerXml(action: string, requestId: string, value: Readonly<Record<string, Value>>): string {
  const body = element("x", { requestId, ...value }).slice("<x>".length, -"</x>".length);
  return `${head}<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${body}</${action}Response>`;
}

export function errorXml(requestId: string, code: string, message: string): string {
  return head + element("Response", { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId });
}
