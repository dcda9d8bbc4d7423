/**
 * What etcd 3.6 ends with when the data are what keeps it from starting, where reading them from outside does not show it:
 * pages deep in the database, and data that are whole but not those of the others.
 */
const ofDamage: readonly RegExp[] = [
  // bbolt on a page that is not the one it should be, or that is used twice.
  /^panic: (assertion failed|page \d+|freepages:|freelist|invalid freelist)/m,
  // A database that is shorter than it says; Go's words for SIGBUS.
  /^unexpected fault address/m,
  /failed to open database/,
  /found data inconsistency with peers/,
  /failed to (recover v3 backend from snapshot|read WAL|open WAL|repair WAL)/,
  /walpb: crc mismatch/,
  /database file \(.*\) (of the backend is missing|does not match with snapshot)/,
  // raft on a log that has lost what it had promised.
  /tocommit\(\d+\) is out of range|state\.commit \d+ is out of range/,
];

/** The line that tells of damaged data; undefined when none does. */
export function damageIn(words: string): string | undefined {
  const found = ofDamage.map((pattern) => pattern.exec(words)).find((match) => match !== null);
  if (!found) return undefined;
  const start = words.lastIndexOf("\n", found.index) + 1;
  const end = words.indexOf("\n", found.index);
  return words.slice(start, end < 0 ? undefined : end).slice(0, 500);
}
