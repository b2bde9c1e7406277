import { type Pipeline, PRIORITIES } from "../pipelines/pipeline.ts";
import type { DueJob } from "../ports/job-store.ts";
import type { Flight } from "../runs/run.ts";

/** What one pipeline has to do, as far as this slice looked. */
export interface PipelineWork {
  readonly pipeline: Pipeline;
  /** Oldest first. */
  readonly due: readonly DueJob[];
}

export interface PlannedRun {
  readonly pipeline: Pipeline;
  readonly jobs: readonly DueJob[];
}

export interface Plan {
  readonly runs: readonly PlannedRun[];
  /** ISO 8601: when a pack that waits for company shall be looked at again; undefined where none waits. */
  readonly lookAgainAt?: string;
}

const CPU_UNITS_PER_VCPU = 1024;

/** vCPUs of one run of the pipeline. */
export function vcpuOf(pipeline: Pipeline): number {
  return pipeline.size.cpu / CPU_UNITS_PER_VCPU;
}

/**
 * Decides what to launch now: packs by count and bytes, in order of priority and age, pipelines of equal priority by turns, under the
 * caps of each pipeline and of the account. A job without company waits at most its pipeline's window.
 */
export function planRuns(state: {
  now: Date;
  work: readonly PipelineWork[];
  flights: readonly Flight[];
  limits: { maxVcpu: number };
}): Plan {
  const inFlight = countByPipeline(state.flights);
  let vcpuLeft = state.limits.maxVcpu - state.flights.reduce((sum, flight) => sum + flight.vcpu, 0);
  let lookAgainAt: string | undefined;
  const runs: PlannedRun[] = [];

  for (const priority of PRIORITIES) {
    const queues = state.work
      .filter(({ pipeline }) => pipeline.priority === priority)
      .map(({ pipeline, due }) => ({ pipeline, packs: packsOf(pipeline, due, state.now) }));
    for (const { packs } of queues) lookAgainAt = earlier(lookAgainAt, packs.waitsUntil);
    let launched = true;
    while (launched) {
      launched = false;
      for (const { pipeline, packs } of queues) {
        const jobs = packs.ready[0];
        const running = inFlight.get(pipeline.name) ?? 0;
        if (jobs === undefined || running >= pipeline.capacity.maxTasks || vcpuOf(pipeline) > vcpuLeft)
          continue;
        packs.ready.shift();
        runs.push({ pipeline, jobs });
        inFlight.set(pipeline.name, running + 1);
        vcpuLeft -= vcpuOf(pipeline);
        launched = true;
      }
    }
  }
  return lookAgainAt === undefined ? { runs } : { runs, lookAgainAt };
}

interface Packs {
  readonly ready: (readonly DueJob[])[];
  /** ISO 8601 */
  readonly waitsUntil?: string;
}

/** Cuts due jobs into packs; the last one, if it is not full, is held back until its oldest job has waited its window. */
function packsOf(pipeline: Pipeline, due: readonly DueJob[], now: Date): Packs {
  const { maxJobs, maxBytes, windowSeconds } = pipeline.pack;
  const packs: DueJob[][] = [];
  let pack: DueJob[] = [];
  let bytes = 0;
  for (const job of due) {
    if (pack.length > 0 && (pack.length >= maxJobs || bytes + job.sizeBytes > maxBytes)) {
      packs.push(pack);
      pack = [];
      bytes = 0;
    }
    pack.push(job);
    bytes += job.sizeBytes;
  }
  const oldest = pack[0];
  if (oldest === undefined) return { ready: packs };
  const waitsUntil = new Date(Date.parse(oldest.notBefore) + windowSeconds * 1000);
  const isFull = pack.length >= maxJobs || bytes >= maxBytes;
  if (isFull || waitsUntil <= now) return { ready: [...packs, pack] };
  return { ready: packs, waitsUntil: waitsUntil.toISOString() };
}

function countByPipeline(flights: readonly Flight[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { pipeline } of flights) counts.set(pipeline, (counts.get(pipeline) ?? 0) + 1);
  return counts;
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
