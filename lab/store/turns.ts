/**
 * One after the other, by key. The gateway keeps an object and its ETag in two files: a reader at the moment of a write gets
 * the old body with the new ETag, and two writers may both find their condition true (seen with v1.8.0 and its metadata beside
 * the objects). S3 itself is consistent, so its stand-in has to be.
 */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** @param work is over when its promise is settled */
  take(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.last.get(key) ?? Promise.resolve();
    const mine = before.then(work).catch(() => undefined);
    this.last.set(key, mine);
    return mine.finally(() => {
      if (this.last.get(key) === mine) this.last.delete(key);
    });
  }
}
