import { HourOfWork } from "#core/reports/hour-of-work.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { HourlyReport } from "#events/slipway/hourly-report.ts";
import { recentJobs, runsOf } from "./recent-work.ts";

export interface HourPorts {
  readonly jobs: Pick<JobStore, "listRecent">;
  readonly runs: Pick<RunStore, "readRun">;
}

/** Looks through the jobs that were recorded in the hour before a tick, page by page: it costs what the hour brought. */
export async function reportHour(
  tick: Date,
  pipelines: readonly string[],
  ports: HourPorts,
): Promise<HourlyReport["hour"]> {
  const hour = new HourOfWork(tick);
  const known = new Set<string>();
  for (const pipeline of pipelines) {
    for await (const page of recentJobs(pipeline, hour.from, ports.jobs)) {
      const jobs = page.filter((job) => hour.isOfTheHour(job));
      hour.add(jobs, await runsOf(jobs, ports.runs, known));
    }
  }
  return hour.result;
}
