import type { Job } from "#core/jobs/job.ts";
import { learn, lessonsOf } from "#core/planning/experience.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { Log } from "#core/ports/log.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import type { Run } from "#core/runs/run.ts";

interface LearnPorts {
  readonly pipelineStore: PipelineStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Remembers what a finished run's jobs took and in what size, for the plans to come. A lesson that is lost, or learned twice, costs a
 * plan that is a little worse: nothing waits for it and no error of it is anybody's.
 */
export async function learnFrom(run: Run, jobs: readonly Job[], ports: LearnPorts): Promise<void> {
  const lessons = lessonsOf(run, jobs);
  if (lessons.length === 0 || run.toldAt !== undefined) return;
  try {
    const standing = await ports.pipelineStore.readExperience(run.pipeline);
    const experience = learn(run.pipeline, standing, lessons, ports.clock.now());
    if (experience !== undefined) await ports.pipelineStore.saveExperience(experience);
  } catch (error) {
    ports.log.warn("Nothing was learned of a run", { runId: run.runId, error: String(error) });
  }
}
