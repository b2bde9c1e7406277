import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Measures } from "#core/ports/measures.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";

export interface MeasurePorts {
  readonly jobs: Pick<JobStore, "nextDue">;
  readonly pipelineStore: Pick<PipelineStore, "readPipelines">;
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
  const states = await ports.pipelineStore.readPipelines(Object.keys(ports.pipelines));
  const due = await ports.jobs.nextDue(Object.keys(ports.pipelines));
  const waits = [...due]
    .filter(([pipeline]) => states.get(pipeline)?.paused !== true)
    .map(([, since]) => nowMs - Date.parse(since));
  ports.measures.record({ WaitingSeconds: Math.round(Math.max(0, ...waits) / 1000) });
}
