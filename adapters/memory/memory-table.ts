import type { SaveResult } from "#core/ports/job-store.ts";

interface Revised {
  readonly revision: number;
}

/**
 * Items with a revision, written on condition of it, as the table does. What is stored is frozen to its depth: nobody can change it by
 * a reference that he kept, and no copy is needed to be sure of that.
 */
export class MemoryTable<T extends Revised> {
  readonly #items = new Map<string, T>();

  put(key: string, item: T): SaveResult<T> {
    const standing = this.#items.get(key);
    const expected = item.revision === 1 ? undefined : item.revision - 1;
    if (standing?.revision !== expected) return { saved: false, current: standing };
    this.#items.set(key, frozen(item));
    return { saved: true };
  }

  get(key: string): T | undefined {
    return this.#items.get(key);
  }

  values(): MapIterator<T> {
    return this.#items.values();
  }
}

/** Freezes what is not frozen yet; of an item that was changed in one place the rest costs nothing. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) value.forEach(frozen);
  else for (const name in value) frozen(value[name]);
  return Object.freeze(value);
}
