import type { JobStore } from "#core/ports/job-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import { recentJobs, runsOf } from "./recent-work.ts";

/** What the runs of one pipeline cost that ended on one day. */
export interface DayCost {
  readonly pipeline: string;
  /** UTC, e.g. 2026-11-22. */
  readonly day: string;
  readonly runs: number;
  /** Attempts at jobs that those runs made. */
  readonly jobs: number;
  readonly usd: number;
}

export interface CostQuery {
  readonly pipelines: readonly string[];
  /** Runs of jobs recorded before this are left out. */
  readonly since: Date;
  /** How many jobs have been looked at. */
  tell(jobs: number): void;
}

/** Adds up by pipeline and day what runs cost, by the price list; newest day first. Runs under way have no cost yet. */
export async function addUpCosts(
  query: CostQuery,
  ports: { jobs: Pick<JobStore, "listRecent">; runs: Pick<RunStore, "readRun"> },
): Promise<DayCost[]> {
  const days = new Map<string, DayCost>();
  const known = new Set<string>();
  let looked = 0;
  for (const pipeline of query.pipelines) {
    for await (const jobs of recentJobs(pipeline, query.since, ports.jobs)) {
      for (const { costUsd, stoppedAt, manifest } of await runsOf(jobs, ports.runs, known)) {
        if (costUsd === undefined || stoppedAt === undefined) continue;
        const day = stoppedAt.slice(0, 10);
        const sum = days.get(`${day} ${pipeline}`) ?? { pipeline, day, runs: 0, jobs: 0, usd: 0 };
        days.set(`${day} ${pipeline}`, {
          ...sum,
          runs: sum.runs + 1,
          jobs: sum.jobs + manifest.length,
          usd: sum.usd + costUsd,
        });
      }
      looked += jobs.length;
      query.tell(looked);
    }
  }
  return [...days.values()].sort((a, b) =>
    a.day === b.day ? (a.pipeline < b.pipeline ? -1 : 1) : a.day < b.day ? 1 : -1,
  );
}
