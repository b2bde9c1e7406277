import { cancelJob } from "#core/jobs/transitions.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import type { DueJob } from "#core/ports/job-store.ts";
import type { Flight } from "#core/runs/run.ts";
import { moveJob } from "../save.ts";
import type { DispatchPorts } from "./ports.ts";

/** Later than any back-off. */
const END_OF_TIME = "9999-12-31T23:59:59.999Z";

/** What may go now of the jobs of a pipeline that stand RUNNABLE. */
export interface Unoverlapped {
  readonly due: readonly DueJob[];
  /** When the job that the others wait for is tried again. */
  readonly lookAgainAt?: Date;
}

/** Whether no tick of the pipeline may begin before the one before it has ended. */
export function isOneByOne({ source, overlap }: Pipeline): boolean {
  return source.type === "schedule" && overlap !== "allow";
}

/** Until when jobs are listed: a tick whose back-off is not over has not ended either, and those after it have to know of it. */
export function dueByOf(pipeline: Pipeline, now: Date): string {
  return isOneByOne(pipeline) ? END_OF_TIME : now.toISOString();
}

/**
 * A tick that comes while an earlier one has not ended waits (queue), is dropped (skip), or goes beside it (allow). Of several that
 * wait the oldest goes, alone.
 */
export async function withoutOverlap(
  pipeline: Pipeline,
  standing: readonly DueJob[],
  flights: readonly Flight[],
  ports: DispatchPorts,
): Promise<Unoverlapped> {
  if (!isOneByOne(pipeline)) return { due: standing };
  const [first, ...later] = standing.toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
  if (first === undefined) return { due: [] };
  const isRunning = flights.some((flight) => flight.pipeline === pipeline.name);
  const triedAgainAt = new Date(first.notBefore);
  if (!isRunning && triedAgainAt <= ports.clock.now()) return { due: [first] };
  if (pipeline.overlap === "skip") await dropTicks(isRunning ? standing : later, ports);
  return isRunning ? { due: [] } : { due: [], lookAgainAt: triedAgainAt };
}

/** What a person or a program asked for waits all the same, and so does a tick that has been tried. */
async function dropTicks(jobs: readonly DueJob[], ports: DispatchPorts): Promise<void> {
  for (const { jobId } of jobs) {
    const job = await ports.jobs.readJob(jobId);
    if (job?.state !== "RUNNABLE") continue;
    await moveJob(ports.jobs, job, (current) =>
      current.state === "RUNNABLE" && current.source.type === "schedule" && current.attempts.length === 0
        ? cancelJob(current, { reason: "An earlier tick had not ended (overlap: skip)." }, ports.clock.now())
        : undefined,
    );
  }
}
