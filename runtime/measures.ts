import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Announcement, Announcements } from "#core/ports/messaging.ts";
import { MEASURED_SERVICE, type Measure, type Measures } from "#core/ports/measures.ts";
import type { TaskStarter } from "#core/ports/task-launcher.ts";

/** One line of the embedded metric format a record; CloudWatch makes metrics of it. */
export const embeddedMeasures: Measures = {
  record(values, pipeline) {
    const metrics = new Metrics({ serviceName: MEASURED_SERVICE });
    if (pipeline !== undefined) metrics.addDimension("pipeline", pipeline);
    for (const [name, value] of Object.entries(values)) metrics.addMetric(name, unitOf(name), value);
    metrics.publishStoredMetrics();
  },
};

function unitOf(name: string) {
  return name === ("WaitingSeconds" satisfies Measure) ? MetricUnit.Seconds : MetricUnit.Count;
}

/** Counts the ends that are published, of the stage and of each pipeline. An end that is published twice counts twice. */
export function countedAnnouncements(announcements: Announcements, measures: Measures): Announcements {
  return {
    async publish(published) {
      await announcements.publish(published);
      const ends = published.filter((announcement) => "job" in announcement);
      if (ends.length === 0) return;
      measures.record(countsOf(ends));
      for (const [pipeline, its] of Map.groupBy(ends, ({ job }) => job.pipeline))
        measures.record(countsOf(its), pipeline);
    },
  };
}

/** No zeros: a metric is billed by the hours in which it has a value. */
function countsOf(ends: readonly Announcement[]): { JobsSucceeded?: number; JobsFailed?: number } {
  const failed = ends.filter(({ type }) => type === "Job Failed").length;
  return {
    ...(failed < ends.length ? { JobsSucceeded: ends.length - failed } : {}),
    ...(failed > 0 ? { JobsFailed: failed } : {}),
  };
}

/**
 * Counts the RunTask calls that began no task. A conflict means that the task was there already. What began is not
 * counted: its job's end is, and each metric that always has a value has a price.
 */
export function countedLauncher(launcher: TaskStarter, measures: Measures): TaskStarter {
  return {
    async launch(request) {
      const result = await launcher.launch(request);
      const isStarted = result.type === "launched" || result.type === "conflict";
      if (!isStarted) measures.record({ LaunchesFailed: 1 });
      return result;
    },
  };
}
