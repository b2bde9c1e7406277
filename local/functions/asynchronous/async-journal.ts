import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An accepted asynchronous invocation. */
export interface AsyncEvent {
  readonly requestId: string;
  readonly functionName: string;
  /** "$LATEST", a version or an alias */
  readonly qualifier: string;
  /** JSON text */
  readonly payload: string;
  /** Milliseconds since 1970 on the cloud's clock */
  readonly acceptedMs: number;
  /** Attempts that reached the function and failed. */
  readonly failures: number;
  /** Not to be tried again before. */
  readonly dueMs: number;
}

/** Accepted events on disk, one small file each, so that a `kill -9` of the cloud loses none; some may run twice, as in AWS. */
export class AsyncJournal {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** All events that have not ended, the oldest first. */
  load(): readonly AsyncEvent[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(join(this.#folder, name), "utf8")) as AsyncEvent)
      .sort((a, b) => a.acceptedMs - b.acceptedMs);
  }

  save(event: AsyncEvent): void {
    const path = this.#path(event);
    writeFileSync(`${path}.next`, JSON.stringify(event));
    renameSync(`${path}.next`, path);
  }

  remove(event: AsyncEvent): void {
    rmSync(this.#path(event), { force: true });
  }

  #path(event: AsyncEvent): string {
    return join(this.#folder, `${event.requestId}.json`);
  }
}
