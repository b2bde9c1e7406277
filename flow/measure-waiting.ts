import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Measures } from "#core/ports/measures.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";

export interface MeasurePorts {
  readonly jobs: Pick<JobStore, "nextDue">;
  readonly pipelineStore: Pick<PipelineStore, "readPipeline">;
  readonly pipelines: Pipelines;
  readonly clock: Clock;
  readonly measures: Measures;
}

/**
 * Says for how long the oldest due job has been waiting, at every tick of sweep, also that none waits: an alarm takes silence
 * for a fault. What a person has paused waits on purpose.
 */
export async function measureWaiting(ports: MeasurePorts): Promise<void> {
  const nowMs = ports.clock.now().getTime();
  const waits = await Promise.all(
    Object.values(ports.pipelines).map(async ({ name, priority }) => {
      if ((await ports.pipelineStore.readPipeline(name))?.paused === true) return 0;
      const due = await ports.jobs.nextDue(name, priority);
      return due === undefined ? 0 : Math.max(0, nowMs - Date.parse(due));
    }),
  );
  ports.measures.record({ WaitingSeconds: Math.round(Math.max(0, ...waits) / 1000) });
}
