import type { SaveResult } from "#core/ports/job-store.ts";

interface Revised {
  readonly revision: number;
}

/** Items with a revision, written on condition of it, as the table does. What goes in and out is a copy. */
export class MemoryTable<T extends Revised> {
  readonly #items = new Map<string, T>();

  put(key: string, item: T): SaveResult<T> {
    const standing = this.#items.get(key);
    const expected = item.revision === 1 ? undefined : item.revision - 1;
    if (standing?.revision !== expected) return { saved: false, current: structuredClone(standing) };
    this.#items.set(key, structuredClone(item));
    return { saved: true };
  }

  get(key: string): T | undefined {
    return structuredClone(this.#items.get(key));
  }

  values(): T[] {
    return [...this.#items.values()].map((item) => structuredClone(item));
  }

  delete(key: string): void {
    this.#items.delete(key);
  }
}
