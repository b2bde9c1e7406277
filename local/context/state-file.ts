import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * A service's small state on disk, written whole and renamed into place, so that a `kill -9` leaves the old or the new
 * state and never half of one.
 */
export class StateFile<T> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The state last saved, or `initial` where there is none. @throws SyntaxError where the file is not ours */
  load(initial: T): T {
    try {
      return JSON.parse(readFileSync(this.#path, "utf8")) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return initial;
      throw error;
    }
  }

  save(state: T): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    const next = `${this.#path}.next`;
    writeFileSync(next, JSON.stringify(state));
    renameSync(next, this.#path);
  }
}
