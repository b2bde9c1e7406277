import type { Job } from "#core/jobs/job.ts";
import type { NoticeBoard } from "#core/notices/notice.ts";
import type { JobStore, SaveResult } from "#core/ports/job-store.ts";
import type { NoticeStore } from "#core/ports/notice-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { Run } from "#core/runs/run.ts";

/** More writers than this at one item at once means that something loops. */
const MAX_TRIES = 10;

export class TooManyConflictsError extends Error {
  override readonly name = "TooManyConflictsError";
}

/**
 * Moves a job by a transition, deciding anew on whatever another writer put there meanwhile.
 * @returns the job as it now stands, and whether this call moved it; undefined where there is no such job
 */
export async function moveJob(
  jobs: Pick<JobStore, "saveJob">,
  known: Job,
  transition: (job: Job) => Job | undefined,
): Promise<{ item: Job; moved: boolean } | undefined> {
  return move(known, transition, (job) => jobs.saveJob(job));
}

/** The same for a run. */
export async function moveRun(
  runs: Pick<RunStore, "saveRun">,
  known: Run,
  transition: (run: Run) => Run | undefined,
): Promise<{ item: Run; moved: boolean } | undefined> {
  return move(known, transition, (run) => runs.saveRun(run));
}

/** The same for the notices of a pipeline and class. */
export async function moveBoard(
  notices: Pick<NoticeStore, "saveBoard">,
  known: NoticeBoard,
  transition: (board: NoticeBoard) => NoticeBoard | undefined,
): Promise<{ item: NoticeBoard; moved: boolean } | undefined> {
  return move(known, transition, (board) => notices.saveBoard(board));
}

/**
 * Moves what may not be there yet, deciding anew on whatever another writer put there meanwhile.
 * @returns whether this call moved it
 */
export async function moveOrMake<T>(
  known: T | undefined,
  transition: (item: T | undefined) => T | undefined,
  save: (item: T) => Promise<SaveResult<T>>,
): Promise<boolean> {
  let current = known;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const wanted = transition(current);
    if (wanted === undefined) return false;
    const result = await save(wanted);
    if (result.saved) return true;
    current = result.current;
  }
  throw new TooManyConflictsError(`An item was written by others ${MAX_TRIES} times in a row.`);
}

async function move<T>(
  known: T,
  transition: (item: T) => T | undefined,
  save: (item: T) => Promise<SaveResult<T>>,
): Promise<{ item: T; moved: boolean } | undefined> {
  let current = known;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const wanted = transition(current);
    if (wanted === undefined) return { item: current, moved: false };
    const result = await save(wanted);
    if (result.saved) return { item: wanted, moved: true };
    if (result.current === undefined) return undefined;
    current = result.current;
  }
  throw new TooManyConflictsError(`An item was written by others ${MAX_TRIES} times in a row.`);
}
