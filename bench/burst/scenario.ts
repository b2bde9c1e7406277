import type { EcsQuotas } from "#test/simulation/aws/ecs.ts";
import { seededRandom } from "#test/simulation/engine/random.ts";
import { type Arrivals, arrivalTimes } from "./arrivals.ts";

/** One burst, and what the account has room for. */
export interface Scenario {
  readonly name: string;
  readonly arrivals: Arrivals;
  readonly quotas: EcsQuotas;
}

/** Says how far a burst is, for whoever waits. */
export type Tell = (progress: { readonly virtualMs: number; readonly done: number }) => void;

/** What became of it. Times are virtual. */
export interface BurstFigures {
  readonly scenario: string;
  readonly contender: string;
  readonly files: number;
  readonly vcpuQuota: number;
  /** Files that were never worked on to the end. */
  readonly lost: number;
  /** Files whose work was done more than once. */
  readonly doubled: number;
  readonly runTaskCalls: number;
  /** Of the calls, from 0 to 1: those that were asked to slow down. */
  readonly throttledShare: number;
  /** Calls that were answered with HTTP 200 and `failures[]`. */
  readonly failuresShare: number;
  readonly tasks: number;
  readonly failedStarts: number;
  /** From the first upload until the last file is done. */
  readonly secondsToDrain: number;
  /** The least that the quotas and the last upload allow to anybody who does all the files. */
  readonly lowerBoundSeconds: number;
  /** The same for whoever starts as many tasks as this contender. */
  readonly ownLowerBoundSeconds: number;
  /** Fargate, by the price list. */
  readonly costUsd: number;
  /** Real time. */
  readonly simulatedInSeconds: number;
}

/** One vCPU, as pipelines.ts has it for images. */
export const TASK_SIZE = { cpu: 1024, memoryMiB: 2048 } as const;
/** The work at one file. */
export const WORK_MS = [1000, 3000] as const;
/** The task runner of the model works on two files at once on one vCPU. */
export const FILES_AT_ONCE = 2;
const MEAN_WORK_SECONDS = (WORK_MS[0] + WORK_MS[1]) / 2000;
/** Provisioning, pull and start, and the seconds in which a task is taken down; its share of the quota is held all the while. */
const MEAN_START_SECONDS = 45;
const MEAN_OVERHEAD_SECONDS = MEAN_START_SECONDS + 8;

/** The same for every contender: when the files of a scenario come. */
export function arrivalsOf({ name, arrivals }: Scenario): number[] {
  return arrivalTimes(arrivals, seededRandom(`arrivals of ${name}`));
}

/** Tasks that the quotas let run side by side. */
function tasksAtOnce({ quotas }: Scenario): number {
  return Math.min(quotas.vcpu / (TASK_SIZE.cpu / 1024), quotas.addresses);
}

/** Every task is full of work from its one start on, and nothing waits for anything: nobody can be quicker. */
export function lowerBoundSeconds(scenario: Scenario, lastUploadSeconds: number): number {
  const work = (scenario.arrivals.files * MEAN_WORK_SECONDS) / FILES_AT_ONCE / tasksAtOnce(scenario);
  return Math.round(Math.max(lastUploadSeconds, work) + MEAN_START_SECONDS);
}

/** For whoever starts a task for so many files: each start holds its share of the quotas. */
export function ownLowerBoundSeconds(
  scenario: Scenario,
  filesATask: number,
  lastUploadSeconds: number,
): number {
  const tasks = scenario.arrivals.files / filesATask;
  const work = (filesATask / Math.min(FILES_AT_ONCE, filesATask)) * MEAN_WORK_SECONDS;
  const byQuotas = (tasks * (MEAN_OVERHEAD_SECONDS + work)) / tasksAtOnce(scenario);
  const byRate = tasks / scenario.quotas.runTaskPerSecond;
  return Math.round(Math.max(lastUploadSeconds + MEAN_START_SECONDS, byQuotas, byRate));
}
