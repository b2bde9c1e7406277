import type { SaveResult } from "#core/ports/job-store.ts";

interface Revised {
  readonly revision: number;
}

/** Items with a revision, written on condition of it, as the table does. Nobody changes what he has read or written: its type forbids it. */
export class MemoryTable<T extends Revised> {
  readonly #items = new Map<string, T>();

  put(key: string, item: T): SaveResult<T> {
    const standing = this.#items.get(key);
    const expected = item.revision === 1 ? undefined : item.revision - 1;
    if (standing?.revision !== expected) return { saved: false, current: standing };
    this.#items.set(key, item);
    return { saved: true };
  }

  get(key: string): T | undefined {
    return this.#items.get(key);
  }

  values(): MapIterator<T> {
    return this.#items.values();
  }
}
