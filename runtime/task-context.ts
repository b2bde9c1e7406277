import type { Job } from "#core/jobs/job.ts";
import type { Log } from "#core/ports/log.ts";
import type { ResultStore } from "#core/ports/object-store.ts";
import { nextHop } from "#core/recursion/hops.ts";
import { TryAgain } from "#flow/work-errors.ts";
import type { InputFile } from "./task-disk.ts";

/** What a task's work is given for one job. */
export interface TaskContext {
  readonly job: Job;
  /** From 1. */
  readonly attempt: number;
  /** The object of an upload job, on disk under a name of ours; undefined for ticks and requests. */
  readonly input: { readonly path: string; readonly sizeBytes: number } | undefined;
  /** For a job whose input names an upload; only under the folder that its pipeline may read. */
  readonly uploads: UploadReader;
  readonly results: AttemptResults;
  /** Aborts at the job's time limit and when the task has to stop; what the work returns after that is dropped. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** How many processors this job has to itself, at least 1. */
  readonly processors: number;
}

export interface UploadReader {
  /** Downloads the version of the key that is the newest now. @throws BadInput where there is none that may be read */
  fetch(key: string): Promise<InputFile>;
}

/**
 * The work at one job. What it returns is the job's result, JSON.
 * @throws BadInput where the input is at fault, TryAgain where another try may help; any other error is the program's own
 *   fault and is not tried again
 */
export type Work = (context: TaskContext) => Promise<unknown>;

/** Writes where the attempt may write and nowhere else, so that a ghost cannot overwrite the winner. */
export class AttemptResults {
  readonly #store: ResultStore;
  readonly #prefix: string;
  #hop: number;

  /** @param hop how many tasks lie behind the job's input */
  constructor(store: ResultStore, prefix: string, hop: number) {
    this.#store = store;
    this.#prefix = prefix;
    this.#hop = hop;
  }

  /** How many tasks lie behind what the results are made from. */
  get hop(): number {
    return this.#hop;
  }

  /** From now on the results are made from this object too. */
  madeFrom({ hop }: Pick<InputFile, "hop">): void {
    this.#hop = Math.max(this.#hop, hop);
  }

  /** @returns the key in the results bucket @throws TryAgain where the store did not take it */
  async put(file: { name: string; body: Uint8Array | string; contentType: string }): Promise<string> {
    const key = `${this.#prefix}${file.name}`;
    try {
      await this.#store.put({
        key,
        body: file.body,
        contentType: file.contentType,
        metadata: nextHop(this.#hop),
      });
    } catch (error) {
      throw new TryAgain(`A result could not be written: ${String(error)}`, { cause: error });
    }
    return key;
  }
}
