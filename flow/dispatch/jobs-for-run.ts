import type { Job } from "#core/jobs/job.ts";
import { kindOfJob } from "#core/jobs/kind-of-job.ts";
import { mayBeOfNewerCode } from "#core/pipelines/newer-code.ts";
import { sizeToTry } from "#core/planning/experience.ts";
import type { PlannedRun } from "#core/planning/plan-runs.ts";
import { mayRead, refusalOf } from "#core/planning/refusal.ts";
import { refuseJobs } from "../refuse-jobs.ts";
import { type NextLook } from "./launch-run.ts";
import { afterError, type DispatchPorts, inASecond } from "./ports.ts";

/** The jobs of a pack that are really due and that a run can help, in the order of the plan. */
export interface JobsForRun {
  readonly jobs: readonly Job[];
  /** When to look again at what was left out: it is still due, or the index has not seen that it no longer is. */
  readonly lookAgainAt: NextLook;
}

/** Reads them, and fails those that no run can help. One that has to run alone goes when it is the first. */
export async function jobsForRun(planned: PlannedRun, ports: DispatchPorts): Promise<JobsForRun> {
  const { pipeline } = planned;
  const standing = await standingJobs(planned, ports);
  const early = standing.filter((job) => isEarly(job, planned, ports));
  const acceptable = await refuseJobs(
    standing.filter((job) => !early.includes(job)),
    (job) => refusalOf(job, pipeline),
    ports,
  );
  const due = acceptable.filter((job) => isLargeEnough(planned, job, ports.clock.now()));
  const jobs = due[0]?.alone === true ? due.slice(0, 1) : due.filter(({ alone }) => alone !== true);
  const isWhole = jobs.length === planned.jobs.length;
  const lookAgainAt = early.length > 0 ? afterError(ports) : inASecond(ports);
  return { jobs, lookAgainAt: isWhole ? undefined : lookAgainAt };
}

async function standingJobs({ jobs: planned }: PlannedRun, { jobs, clock }: DispatchPorts): Promise<Job[]> {
  const read = await jobs.readJobs(planned.map(({ jobId }) => jobId));
  const known = new Map(read.map((job) => [job.jobId, job]));
  const now = clock.now().toISOString();
  return planned
    .map(({ jobId }) => known.get(jobId))
    .filter((job) => job !== undefined)
    .filter(({ state, notBefore = now }) => state === "RUNNABLE" && notBefore <= now);
}

/** Newer code of intake has recorded it, by a prefix that this slice does not know yet. */
function isEarly(job: Job, { pipeline }: PlannedRun, { clock }: DispatchPorts): boolean {
  return !mayRead(pipeline, job) && mayBeOfNewerCode(job, clock.now());
}

/** The index may not have seen that the job has climbed since. */
function isLargeEnough({ pipeline, size }: PlannedRun, job: Job, now: Date): boolean {
  const wanted = sizeToTry(pipeline, { ...job, kind: kindOfJob(job.source) }, now);
  return wanted.memoryMiB <= size.memoryMiB;
}
