import type { Job, JobFailure } from "#core/jobs/job.ts";
import { keyNamedBy } from "#core/jobs/message-transitions.ts";
import type { Run } from "#core/runs/run.ts";
import { resultSummary } from "./result-summary.ts";

/** A job as `--json` prints it. */
export interface JobView {
  readonly jobId: string;
  readonly pipeline: string;
  readonly state: Job["state"];
  readonly source: {
    type: string;
    bucket?: string;
    key?: string;
    versionId?: string;
    sizeBytes?: number;
    tick?: string;
    messageId?: string;
    input?: unknown;
  };
  readonly attempts: readonly {
    runId: string;
    taskArn?: string;
    startedAt?: string;
    endedAt?: string;
    outcome?: string;
  }[];
  readonly createdAt: string;
  readonly endedAt?: string;
  readonly failure?: JobFailure;
  readonly result?: unknown;
  readonly costUsd?: number;
}

/** @param runs the runs of the job's attempts, as far as they are known: a run's cost is shared by its jobs */
export function jobView(job: Job, runs: readonly Run[] = []): JobView {
  const costs = runs.flatMap((run) => (run.costUsd === undefined ? [] : [run.costUsd / run.manifest.length]));
  return {
    jobId: job.jobId,
    pipeline: job.pipeline,
    state: job.state,
    source: sourceView(job),
    attempts: job.attempts,
    createdAt: job.createdAt,
    ...(job.endedAt === undefined ? {} : { endedAt: job.endedAt }),
    ...(job.failure === undefined ? {} : { failure: job.failure }),
    ...(job.result === undefined ? {} : { result: job.result }),
    ...(costs.length === 0 ? {} : { costUsd: costs.reduce((sum, cost) => sum + cost, 0) }),
  };
}

function sourceView({ source }: Job): JobView["source"] {
  switch (source.type) {
    case "upload": {
      const { type, bucket, key, versionId, sizeBytes } = source;
      return { type, bucket, key, versionId, sizeBytes };
    }
    case "schedule":
      return { type: source.type, tick: source.tick };
    case "request":
      return { type: source.type, input: source.input };
    case "queue": {
      const { type, messageId, input } = source;
      const key = keyNamedBy(source);
      return { type, messageId, ...(key === undefined ? {} : { key }), input };
    }
  }
}

/** What the job is about, for a column of a table. */
export function subjectOf(job: Pick<JobView, "source">): string {
  return job.source.key ?? job.source.tick ?? job.source.type;
}

/** What came of it, in a few words. */
export function summaryOf(job: Pick<JobView, "failure" | "result" | "state">): string {
  if (job.failure !== undefined) return `${job.failure.class}: ${job.failure.reason}`;
  return resultSummary(job.result);
}

/** From its recording to its end, in seconds with one decimal. */
export function secondsOf(job: Pick<JobView, "createdAt" | "endedAt">): string {
  if (job.endedAt === undefined) return "";
  return ((Date.parse(job.endedAt) - Date.parse(job.createdAt)) / 1000).toFixed(1);
}
