import type { EcsQuotas } from "#test/simulation/aws/ecs.ts";

/** One burst, and what the account has room for. */
export interface Scenario {
  readonly files: number;
  readonly uploadSeconds: number;
  readonly quotas: EcsQuotas;
}

/** What became of it. Times are virtual. */
export interface BurstFigures {
  readonly shape: "slipway" | "one task per file" | "direct rule";
  readonly files: number;
  readonly vcpuQuota: number;
  /** Files that were never worked on to the end. */
  readonly lost: number;
  /** Files whose work was done more than once. */
  readonly doubled: number;
  readonly runTaskCalls: number;
  readonly throttledShare: number;
  readonly tasks: number;
  readonly failedStarts: number;
  /** From the first upload until the last file is done. */
  readonly secondsToDrain: number;
  /** What the quotas allow at best: uploads, vCPU and addresses for the work and the starts, RunTask's rate. */
  readonly lowerBoundSeconds: number;
  readonly costUsd: number;
}

/** One vCPU, as pipelines.ts has it for images. */
export const TASK_SIZE = { cpu: 1024, memoryMiB: 2048 } as const;
/** The work at one file. */
export const WORK_MS = [1000, 3000] as const;
const MEAN_WORK_SECONDS = (WORK_MS[0] + WORK_MS[1]) / 2000;
/** Provisioning, pull and start, and the few seconds in which a task is taken down; its share of the quota is held all the while. */
const MEAN_OVERHEAD_SECONDS = 53;

/** @param filesATask and how many of them are worked on at once */
export function lowerBoundSeconds(scenario: Scenario, filesATask: number, atOnce: number): number {
  const { files, uploadSeconds, quotas } = scenario;
  const tasks = files / filesATask;
  const secondsATask =
    MEAN_OVERHEAD_SECONDS + (filesATask / Math.min(atOnce, filesATask)) * MEAN_WORK_SECONDS;
  const tasksAtOnce = Math.min(quotas.vcpu / (TASK_SIZE.cpu / 1024), quotas.addresses);
  return Math.round(
    Math.max(uploadSeconds, (tasks * secondsATask) / tasksAtOnce, tasks / quotas.runTaskPerSecond),
  );
}
