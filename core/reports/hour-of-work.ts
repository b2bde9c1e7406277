import type { HourlyReport, ReportedWork } from "#events/slipway/hourly-report.ts";
import { isTerminal, type Job } from "../jobs/job.ts";
import { kindOfJob } from "../jobs/kind-of-job.ts";
import type { Run } from "../runs/run.ts";

type Hour = HourlyReport["hour"];
type Outcome = "succeeded" | "failed" | "dropped" | "open";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Names may make types without end; those that come later are one. */
const MOST_TYPES = 40;

/** Adds up what was recorded in the hour before a tick: sums and one example of each class, never the jobs themselves. */
export class HourOfWork {
  readonly from: Date;
  readonly to: Date;
  readonly #pipelines = new Map<string, ReportedWork>();
  readonly #minutes = Array.from({ length: 60 }, () => ({ succeeded: 0, failed: 0, dropped: 0, open: 0 }));
  readonly #types = new Map<string, { jobs: number; bytes: number }>();
  readonly #failures = new Map<string, Hour["failures"][number]>();
  /** What one job's part in a run costs. */
  readonly #shareUsd = new Map<string, number>();

  constructor(tick: Date) {
    this.to = tick;
    this.from = new Date(tick.getTime() - HOUR_MS);
  }

  isOfTheHour({ createdAt }: Pick<Job, "createdAt">): boolean {
    return createdAt >= this.from.toISOString() && createdAt < this.to.toISOString();
  }

  /** @param runs those of the jobs' runs that were not given before */
  add(jobs: readonly Job[], runs: readonly Run[]): void {
    for (const { runId, costUsd = 0, manifest, pipeline } of runs) {
      this.#shareUsd.set(runId, costUsd / manifest.length);
      this.#workOf(pipeline).runs += 1;
    }
    for (const job of jobs) this.#addJob(job);
  }

  get result(): Hour {
    const total = noWork();
    for (const work of this.#pipelines.values())
      for (const [member, value] of Object.entries(work)) (total[member] as number) += value as number;
    return {
      from: this.from.toISOString(),
      to: this.to.toISOString(),
      total,
      pipelines: Object.fromEntries(this.#pipelines),
      minutes: this.#minutes,
      types: Object.fromEntries([...this.#types].sort(([, a], [, b]) => b.jobs - a.jobs)),
      failures: [...this.#failures.values()].sort((a, b) => b.jobs - a.jobs),
    };
  }

  #addJob(job: Job): void {
    const work = this.#workOf(job.pipeline);
    const bytes = job.source.type === "upload" ? job.source.sizeBytes : 0;
    const outcome = outcomeOf(job);
    work.jobs += 1;
    work.bytes += bytes;
    work[outcome] += 1;
    for (const { runId } of job.attempts) work.costUsd += this.#shareUsd.get(runId) ?? 0;
    const minute = Math.floor((Date.parse(job.createdAt) - this.from.getTime()) / MINUTE_MS);
    const counted = this.#minutes[minute];
    if (counted !== undefined) counted[outcome] += 1;
    this.#countType(job, bytes);
    if (outcome === "failed") this.#countFailure(job);
  }

  #workOf(pipeline: string): ReportedWork {
    const standing = this.#pipelines.get(pipeline) ?? noWork();
    this.#pipelines.set(pipeline, standing);
    return standing;
  }

  #countType({ source }: Job, bytes: number): void {
    const [ending = ""] = kindOfJob(source).split("/");
    const type = this.#types.has(ending) || this.#types.size < MOST_TYPES ? ending : "other";
    const { jobs, bytes: before } = this.#types.get(type) ?? { jobs: 0, bytes: 0 };
    this.#types.set(type, { jobs: jobs + 1, bytes: before + bytes });
  }

  #countFailure(job: Job): void {
    const { failure, jobId, pipeline } = job;
    if (failure === undefined) return;
    const { reason, advice } = failure;
    const example = { jobId, pipeline, subject: subjectOf(job), reason, advice };
    const standing = this.#failures.get(failure.class) ?? { class: failure.class, jobs: 0, example };
    this.#failures.set(failure.class, { ...standing, jobs: standing.jobs + 1 });
  }
}

function noWork(): ReportedWork {
  return { jobs: 0, bytes: 0, succeeded: 0, failed: 0, dropped: 0, open: 0, runs: 0, costUsd: 0 };
}

function outcomeOf(job: Job): Outcome {
  if (!isTerminal(job)) return "open";
  if (job.state === "SUCCEEDED") return "succeeded";
  return job.state === "FAILED" ? "failed" : "dropped";
}

function subjectOf({ source }: Job): string {
  switch (source.type) {
    case "upload":
      return source.key;
    case "schedule":
      return source.tick;
    default:
      return source.type;
  }
}
