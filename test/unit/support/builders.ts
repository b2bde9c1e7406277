import type { Verdict } from "#core/classification/failure.ts";
import { claimJob, newJob, takeJob } from "#core/jobs/transitions.ts";
import type { Job } from "#core/jobs/job.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import type { PipelineEntry } from "#core/pipelines/pipeline-entry.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { runTaskRequest, type LaunchSite } from "#core/planning/run-request.ts";
import type { Run } from "#core/runs/run.ts";

export const NOW = new Date("2026-11-22T20:00:00.000Z");
export const RUN_ID = "run-1";
export const TASK_ARN = "arn:aws:ecs:us-east-1:123456789012:task/slipway/00000000000000000000000000000001";

export function later(seconds: number, from: Date = NOW): Date {
  return new Date(from.getTime() + seconds * 1000);
}

/** An upload pipeline under "images/"; packs of 3, no window. */
export function aPipeline(name = "images", change: Partial<PipelineEntry> = {}): Pipeline {
  const entry: PipelineEntry = {
    source: { type: "upload", prefix: `${name}/` },
    task: "media",
    pack: { maxJobs: 3 },
    ...change,
  };
  const pipeline = definePipelines({ [name]: entry })[name];
  if (pipeline === undefined) throw new Error(`There is no pipeline ${name}.`);
  return pipeline;
}

export const aSite: LaunchSite = {
  cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/slipway",
  networks: { public: { subnets: ["subnet-a", "subnet-b"], securityGroup: "sg-1", publicAddress: true } },
  capacityProviders: {},
  taskDefinitions: { images: "arn:aws:ecs:us-east-1:123456789012:task-definition/slipway-dev-images:7" },
};

/** A job that waits for its first launch. */
export function aJob(change: Partial<Job> = {}): Job {
  const jobId = change.jobId ?? "00000000000000000000000000000001";
  const source = {
    type: "upload",
    bucket: "uploads",
    key: `images/${jobId}.jpg`,
    versionId: "v1",
    sizeBytes: 5,
  } as const;
  return { ...newJob({ jobId, pipeline: aPipeline(), source, at: NOW }), ...change };
}

/** A job that the run has claimed and not yet begun. */
export function aStartingJob(change: Partial<Job> = {}, runId = RUN_ID): Job {
  const made = aJob(change.jobId === undefined ? {} : { jobId: change.jobId });
  return { ...must(claimJob(made, runId, NOW)), ...change };
}

/** A job that the run's task works on. */
export function aRunningJob(change: Partial<Job> = {}, runId = RUN_ID): Job {
  const starting = aStartingJob(change.jobId === undefined ? {} : { jobId: change.jobId }, runId);
  return { ...must(takeJob(starting, { runId, attempt: 1, taskArn: TASK_ARN }, NOW)), ...change };
}

export function aRun(change: Partial<Run> = {}): Run {
  return {
    runId: RUN_ID,
    pipeline: "images",
    state: "PLANNED",
    size: { cpu: 1024, memoryMiB: 2048 },
    spot: false,
    manifest: [{ jobId: aJob().jobId, attempt: 1 }],
    request: runTaskRequest(
      { runId: RUN_ID, pipeline: aPipeline(), jobs: [], size: aPipeline().size, spot: false },
      aSite,
    ),
    createdAt: NOW.toISOString(),
    launches: 0,
    told: [],
    revision: 1,
    ...change,
  };
}

export function aVerdict(change: Partial<Verdict> = {}): Verdict {
  return { class: "platform", retry: "yes", reason: "The host died.", advice: "Nothing.", ...change };
}

/** For a test that cannot go on without it. */
export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The test expected something here.");
  return value;
}
