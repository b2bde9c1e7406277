import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import type { PipelineEntry } from "#core/pipelines/pipeline-entry.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import type { DueJob } from "#core/ports/job-store.ts";
import type { Flight } from "#core/runs/run.ts";

export const NOW = new Date("2026-11-22T20:00:00.000Z");

export function secondsAgo(seconds: number): string {
  return new Date(NOW.getTime() - seconds * 1000).toISOString();
}

type Options = Partial<Omit<PipelineEntry, "source" | "task">>;

/** An upload pipeline that packs 25 jobs, at most ten tasks at once. */
export function aPipeline(options: Options = {}, name = "images"): Pipeline {
  const source = { type: "upload", prefix: `${name}/` } as const;
  const { [name]: pipeline } = definePipelines({
    [name]: { source, task: "media", pack: { maxJobs: 25 }, ...options },
  });
  if (pipeline === undefined) throw new Error(`definePipelines made no pipeline ${name}.`);
  return pipeline;
}

let made = 0;

/** A job of `images` that has been due for ten seconds. */
export function aDueJob(change: Partial<DueJob> = {}): DueJob {
  made += 1;
  return {
    jobId: `job-${made}`,
    pipeline: "images",
    notBefore: secondsAgo(10),
    createdAt: secondsAgo(10),
    sizeBytes: 1000,
    kind: "jpg/5",
    ...change,
  };
}

export function dueJobs(count: number, change: Partial<DueJob> = {}): DueJob[] {
  return Array.from({ length: count }, () => aDueJob(change));
}

/** A run of one vCPU that was launched a minute ago. */
export function aFlight(change: Partial<Flight> = {}): Flight {
  made += 1;
  return {
    runId: `run-${made}`,
    pipeline: "images",
    vcpu: 1,
    jobs: 1,
    createdAt: secondsAgo(60),
    launched: true,
    ...change,
  };
}
