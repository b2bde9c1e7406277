import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * State as an append-only file of JSON lines: one short write a change, so that thousands of tasks cost no rewriting of
 * thousands of records. A line that a `kill -9` tore is dropped.
 */
export class Journal<T> {
  readonly #path: string;
  #lines = 0;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
  }

  /** Lines since the journal was made or last rewritten. */
  get length(): number {
    return this.#lines;
  }

  read(): T[] {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    return whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as T);
  }

  append(entry: T): void {
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`);
    this.#lines += 1;
  }

  /** Replaces everything by these entries, whole or not at all. */
  rewrite(entries: readonly T[]): void {
    const next = `${this.#path}.next`;
    writeFileSync(next, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    renameSync(next, this.#path);
    this.#lines = entries.length;
  }
}
