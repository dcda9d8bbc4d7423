/** An element of an answer: its text, or the elements in it. Attributes and namespaces say nothing that is needed. */
export interface Element {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** @throws Error on what is not well-formed */
export function parseXml(xml: string): Element {
  const root = { name: "", text: "", children: [] as Element[] };
  const open: { name: string; text: string; children: Element[] }[] = [root];
  for (const [, closing, name = "", selfClosing, text = ""] of xml
    .replace(/<\?[^>]*\?>|<!--.*?-->/gs, "")
    .matchAll(/<(\/)?([\w:.-]+)[^>]*?(\/)?>([^<]*)/g)) {
    if (closing === undefined) {
      const element = { name, text: unescaped(text), children: [] };
      open.at(-1)?.children.push(element);
      if (selfClosing === undefined) open.push(element);
    } else if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
  }
  const [document] = root.children;
  if (open.length !== 1 || document === undefined) throw new Error("it is no XML document");
  return document;
}

/** All elements at a path, `volumeSet/item`. */
export function elementsAt(element: Element, path: string): readonly Element[] {
  return path
    .split("/")
    .reduce<readonly Element[]>((found, name) => found.flatMap(({ children }) => children.filter((one) => one.name === name)), [element]);
}

/** Text at a path; empty where there is none. */
export function textAt(element: Element, path: string): string {
  return elementsAt(element, path)[0]?.text ?? "";
}

function unescaped(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole).trim();
}
