import { MemoryJobStore } from "#adapters/memory/memory-job-store.ts";
import { MemoryRunStore } from "#adapters/memory/memory-run-store.ts";
import { MemoryObjectLineStore } from "#adapters/memory/memory-object-line-store.ts";
import type { ObjectLine } from "#core/ordering/object-line.ts";
import type { Job } from "#core/jobs/job.ts";
import type { SaveResult } from "#core/ports/job-store.ts";
import type { Flight, Run } from "#core/runs/run.ts";

/** The jobs table, whose every write is seen with what stood there before. */
export class RecordedJobStore extends MemoryJobStore {
  readonly #onWrite: (before: Job | undefined, after: Job) => void;

  constructor(
    options: ConstructorParameters<typeof MemoryJobStore>[0] & {
      onWrite: (before: Job | undefined, after: Job) => void;
    },
  ) {
    super(options);
    this.#onWrite = options.onWrite;
  }

  override async createJob(job: Job): Promise<SaveResult<Job>> {
    return this.saveJob(job);
  }

  override async saveJob(job: Job): Promise<SaveResult<Job>> {
    const before = this.standing(job.jobId);
    const result = await super.saveJob(job);
    if (result.saved) this.#onWrite(before, job);
    return result;
  }
}

/** The same for runs. */
export class RecordedRunStore extends MemoryRunStore {
  readonly #onWrite: (before: Run | undefined, after: Run) => void;

  readonly #onFlight: (flight: Flight, flights: readonly Flight[]) => void;

  constructor(options: {
    onWrite: (before: Run | undefined, after: Run) => void;
    /** A run is about to be launched, beside those in flight. */
    onFlight: (flight: Flight, flights: readonly Flight[]) => void;
  }) {
    super();
    this.#onWrite = options.onWrite;
    this.#onFlight = options.onFlight;
  }

  override async addFlight(flight: Flight): Promise<void> {
    this.#onFlight(flight, await this.listFlights());
    await super.addFlight(flight);
  }

  override async createRun(run: Run): Promise<SaveResult<Run>> {
    return this.saveRun(run);
  }

  override async saveRun(run: Run): Promise<SaveResult<Run>> {
    const before = this.standing(run.runId);
    const result = await super.saveRun(run);
    if (result.saved) this.#onWrite(before, run);
    return result;
  }
}

/** The lines of versions, whose every change of the current result is seen. */
export class RecordedLineStore extends MemoryObjectLineStore {
  readonly #onCurrent: (line: ObjectLine, before: string | undefined) => void;

  constructor(options: { onCurrent: (line: ObjectLine, before: string | undefined) => void }) {
    super();
    this.#onCurrent = options.onCurrent;
  }

  override async saveLine(line: ObjectLine): Promise<SaveResult<ObjectLine>> {
    const before = (await this.readLine(line.objectId))?.current;
    const result = await super.saveLine(line);
    if (result.saved && line.current !== before) this.#onCurrent(line, before);
    return result;
  }
}
