/**
 * What etcd 3.6 ends with when the data are what keeps it from starting, where reading them from outside does not show it:
 * pages deep in the database, and data that are whole but not those of the others.
 */
const ofDamage: readonly RegExp[] = [
  // bbolt on a page that is not the one it should be, or that is used twice; or Go itself, on numbers from such a page.
  /^panic: (assertion failed|page \d+|freepages:|freelist|invalid freelist|runtime error: (index|slice bounds) out of range)/m,
  // A database that is shorter than it says; Go's words for SIGBUS.
  /^unexpected fault address/m,
  /failed to open database.*(invalid database|checksum error|version mismatch|file size too small)/,
  /found data inconsistency with peers/,
  /failed to recover v3 backend from snapshot/,
  /failed to read WAL, cannot be repaired|failed to repair WAL/,
  /walpb: crc mismatch/,
  /database file \(.*\) (of the backend is missing|does not match with snapshot)/,
  // raft on a log that has lost what it had promised.
  /tocommit\(\d+\) is out of range|state\.commit \d+ is out of range/,
];

/** With these the same words tell of the machine, not of the data. */
const ofTheMachine =
  /no space left on device|permission denied|input\/output error|read-only file system|too many open files|cannot allocate memory/;

/** The line that tells of damaged data; undefined when none does. */
export function damageIn(words: string): string | undefined {
  if (ofTheMachine.test(words)) return undefined;
  const found = ofDamage.map((pattern) => pattern.exec(words)).find((match) => match !== null);
  if (!found) return undefined;
  const start = words.lastIndexOf("\n", found.index) + 1;
  const end = words.indexOf("\n", found.index);
  return words.slice(start, end < 0 ? undefined : end).slice(0, 500);
}
