/** All that an emulated cloud holds, by kind. */
export type Inventory = Readonly<Record<string, readonly string[]>>;

/** What is there now and was not there before. */
export function added(before: Inventory, now: Inventory): string[] {
  return Object.entries(now).flatMap(([kind, keys]) => {
    const known = new Set(before[kind] ?? []);
    return keys.filter((key) => !known.has(key)).map((key) => `${kind} ${key}`);
  });
}
