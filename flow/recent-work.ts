import type { Job } from "#core/jobs/job.ts";
import { type JobStore, recentKeyOf } from "#core/ports/job-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { Run } from "#core/runs/run.ts";

/** Jobs looked at together: what a caller holds in memory at once. */
const PAGE = 500;
const RUNS_AT_ONCE = 25;

/** The jobs of a pipeline that were recorded from `since` on, newest first, page by page. */
export async function* recentJobs(
  pipeline: string,
  since: Date,
  jobs: Pick<JobStore, "listRecent">,
): AsyncGenerator<readonly Job[]> {
  const sinceIso = since.toISOString();
  let before: string | undefined;
  for (;;) {
    const page = await jobs.listRecent({
      pipeline,
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    const recent = page.filter(({ createdAt }) => createdAt >= sinceIso);
    if (recent.length > 0) yield recent;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE || recent.length < page.length) return;
    before = recentKeyOf(last);
  }
}

/** Each run that had one of the jobs, once. @param known runs that are not to be read again; those that are read are added */
export async function runsOf(
  jobs: readonly Job[],
  runs: Pick<RunStore, "readRun">,
  known: Set<string>,
): Promise<Run[]> {
  const ids = [...new Set(jobs.flatMap(({ attempts }) => attempts.map(({ runId }) => runId)))].filter(
    (runId) => !known.has(runId),
  );
  const found: Run[] = [];
  for (let start = 0; start < ids.length; start += RUNS_AT_ONCE) {
    const some = ids.slice(start, start + RUNS_AT_ONCE);
    const read = await Promise.all(some.map((runId) => runs.readRun(runId)));
    found.push(...read.filter((run) => run !== undefined));
    for (const runId of some) known.add(runId);
  }
  return found;
}
