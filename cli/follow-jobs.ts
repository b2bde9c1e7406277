import { setTimeout as sleep } from "node:timers/promises";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import type { Operator } from "./operator.ts";

/** A look costs a read unit for each job: nothing on a laptop, a little in AWS. */
const LOCAL_POLL_MS = 400;
const AWS_POLL_MS = 2000;
/** After this long without a job the event that asked for it has come to nothing, or waits behind a burst. */
const RECORDED_WITHIN_MS = 10_000;

export interface Follower {
  /** A job that was first seen, or has moved. */
  readonly moved?: (job: Job) => void;
  /** How far they are, in words. */
  readonly waiting?: (text: string) => void;
  /** Jobs to follow beside those that were named; asked again now and then. */
  readonly more?: () => Promise<readonly Job[]>;
}

/** Follows jobs until all of them have ended. @returns them as they ended */
export async function followJobs(
  operator: Pick<Operator, "jobs" | "stage">,
  jobIds: readonly string[],
  { moved, waiting, more }: Follower,
): Promise<Job[]> {
  const known = new Map<string, Job>();
  const followed = new Set(jobIds);
  const begunAt = Date.now();
  const see = (job: Job): void => {
    followed.add(job.jobId);
    const before = known.get(job.jobId);
    known.set(job.jobId, job);
    if (before?.state !== job.state || before.attempts.length !== job.attempts.length) moved?.(job);
  };
  for (let looks = 0; ; looks += 1) {
    if (more !== undefined && looks % 5 === 0)
      for (const job of await more()) if (!known.has(job.jobId)) see(job);
    const open = [...followed].filter((jobId) => !isOver(known.get(jobId)));
    for (const job of await operator.jobs.readJobs(open)) see(job);
    const jobs = [...known.values()];
    const ended = jobs.filter(isTerminal).length;
    if (ended === followed.size) return jobs;
    const running = jobs.filter(({ state }) => state === "RUNNING").length;
    const isUnrecorded = known.size < followed.size && Date.now() - begunAt > RECORDED_WITHIN_MS;
    waiting?.(
      `${ended} of ${followed.size} jobs have ended, ${running} run${isUnrecorded ? `, ${followed.size - known.size} not recorded yet (look for it in the intake's dead-letter queue)` : ""}`,
    );
    await sleep(operator.stage.name === "local" ? LOCAL_POLL_MS : AWS_POLL_MS);
  }
}

function isOver(job: Job | undefined): boolean {
  return job !== undefined && isTerminal(job);
}
