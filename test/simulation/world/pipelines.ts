import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { EcsQuotas } from "../aws/ecs.ts";

/** Packs, large packs, runs of one job, an image that knows nothing of us, schedules that wait and that do not: each path once. */
const simulatedPipelines = definePipelines({
  images: {
    source: { type: "upload", prefix: "images/" },
    onOverwrite: "newest-only",
    task: "runner",
    size: { cpu: 1024, memoryMiB: 2048 },
    pack: { maxJobs: 12, maxBytes: 40_000_000, windowSeconds: 2 },
    retry: { attempts: 3, backoffSeconds: 20, maxBackoffSeconds: 300 },
    timeout: { jobSeconds: 60, runSeconds: 900, startSeconds: 300 },
    capacity: { type: "spot-first", maxTasks: 4 },
  },
  scans: {
    source: { type: "upload", prefix: "scans/" },
    task: "runner",
    size: { cpu: 1024, memoryMiB: 2048 },
    pack: { maxJobs: 100, maxBytes: 4_000_000_000, windowSeconds: 5 },
    retry: { attempts: 3, backoffSeconds: 20, maxBackoffSeconds: 300 },
    timeout: { jobSeconds: 60, runSeconds: 900, startSeconds: 300 },
    capacity: { type: "spot-first", maxTasks: 4 },
  },
  videos: {
    source: { type: "upload", prefix: "videos/" },
    task: "runner",
    size: { cpu: 2048, memoryMiB: 4096 },
    priority: "high",
    retry: { attempts: 4, backoffSeconds: 20, maxBackoffSeconds: 300 },
    timeout: { jobSeconds: 120, runSeconds: 900, startSeconds: 300 },
    capacity: { type: "on-demand", maxTasks: 2 },
  },
  plain: {
    source: { type: "upload", prefix: "plain/" },
    task: "plain",
    size: { cpu: 512, memoryMiB: 1024 },
    retry: { attempts: 3, backoffSeconds: 20, maxBackoffSeconds: 300 },
    timeout: { jobSeconds: 120, runSeconds: 900, startSeconds: 300 },
    capacity: { type: "spot-first", maxTasks: 3, launchesPerSecond: 0.003 },
    guard: { runsPerDay: 4 },
  },
  nightly: {
    source: { type: "schedule", expression: "rate(30 minutes)" },
    task: "runner",
    size: { cpu: 256, memoryMiB: 512 },
    priority: "low",
    timeout: { jobSeconds: 300, runSeconds: 900, startSeconds: 300 },
    capacity: { type: "spot-first", maxTasks: 2 },
    overlap: "queue",
  },
  inventory: {
    source: { type: "schedule", expression: "rate(1 hour)" },
    task: "inventory",
    size: { cpu: 512, memoryMiB: 1024 },
    timeout: { jobSeconds: 600, runSeconds: 900, startSeconds: 300 },
    capacity: { type: "on-demand", maxTasks: 1 },
    overlap: "skip",
  },
});

export const UPLOADS_BUCKET = "simulated-uploads";
export const RULE_PREFIX = "slipway-simulation-";

/** What a world has room for, and what runs in it. */
export interface Stage {
  readonly pipelines: Pipelines;
  /** Slipway's own cap. */
  readonly maxVcpu: number;
  /** Slipway's own cap of tasks at once; none where absent. */
  readonly maxTasks?: number;
  readonly launchesPerSecond?: number;
  readonly quotas: EcsQuotas;
  /** How long the work at one job takes, least and most. */
  readonly workMs: readonly [least: number, most: number];
  /** The same where it is another, by pipeline. */
  readonly workMsOf?: Readonly<Record<string, readonly [least: number, most: number]>>;
  /** What a job that succeeds gives back; by default the number of its attempt. */
  readonly result?: unknown;
}

export const simulatedStage: Stage = {
  pipelines: simulatedPipelines,
  maxVcpu: 6,
  maxTasks: 5,
  launchesPerSecond: 2,
  quotas: { runTaskPerSecond: 20, vcpu: 6, addresses: 40 },
  workMs: [200, 9000],
  workMsOf: {
    // Longer than a task may go on after SIGTERM, so that an interruption is one.
    nightly: [130_000, 280_000],
    scans: [100, 2000],
  },
};

const { scans: _, ...otherPipelines } = simulatedPipelines;

export const stageWithoutScans: Stage = { ...simulatedStage, pipelines: otherPipelines };
