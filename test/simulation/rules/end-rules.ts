import { isTerminal } from "#core/jobs/job.ts";
import { runIdOf } from "#core/runs/run.ts";
import type { Cloud } from "../world/cloud.ts";
import type { Accepted } from "../world/workload.ts";
import { checkFate } from "./fate-rules.ts";
import { checkOverwrites } from "./overwrite-rules.ts";

/** What has to be so once everything has come to rest. */
export function checkTheEnd(cloud: Cloud, accepted: readonly Accepted[]): void {
  const { world } = cloud;
  checkAccepted(cloud, accepted);
  checkOverwrites(cloud, accepted);
  for (const run of world.runs.allRuns()) {
    const { runId } = run;
    // A crash between the run and its flight leaves a run that nothing points to; its jobs went with another.
    const isStillborn = run.state === "PLANNED" && run.launches === 0;
    if (run.toldAt === undefined && !isStillborn)
      world.history.violate({ rule: "runs-end", what: `${run.state}, not finished`, runId });
    const task = run.taskArn === undefined ? undefined : cloud.ecs.tasks.get(run.taskArn);
    if (run.taskArn !== undefined && runIdOf(task?.request.startedBy) !== runId) {
      world.history.violate({
        rule: "launched-means-a-task",
        what: `${run.taskArn} is no task of it`,
        runId,
      });
    }
  }
  checkGarbage(cloud);
  if (cloud.ecs.living > 0)
    world.history.violate({ rule: "nobody-works-for-nothing", what: `${cloud.ecs.living} tasks go on` });
  if (world.runs.flightsInAir > 0)
    world.history.violate({ rule: "runs-end", what: `${world.runs.flightsInAir} flights left` });
  const crashes = [
    "crash-before",
    "crash-after",
    "write-unknown-done",
    "write-unknown-lost",
    "call-slow",
  ] as const;
  const repetitions = crashes.reduce((sum, kind) => sum + (world.faults.counts.get(kind) ?? 0), 0);
  world.noticeRules.atTheEnd(
    [...world.jobs.allJobs()].filter((job) => isTerminal(job)),
    repetitions > 0 ? 3 : 0,
  );
}

/** Rule 7: what nobody can read is set aside, where somebody finds it. */
function checkGarbage({ world, intakeQueue, taskEventsQueue }: Cloud): void {
  const found = [...world.quarantined, ...intakeQueue.deadLetters.map(({ body }) => body)];
  found.push(...taskEventsQueue.deadLetters.map(({ body }) => body));
  for (const body of world.garbage)
    if (!found.includes(body) && !world.faults.counts.has("message-lost"))
      world.history.violate({ rule: "bad-input-costs-one-job", what: `${body} is nowhere` });
}

function checkAccepted(cloud: Cloud, accepted: readonly Accepted[]): void {
  const { world } = cloud;
  const expected = new Set(accepted.map(({ jobId }) => jobId));
  for (const { jobId, key } of accepted) {
    const job = world.jobs.standing(jobId);
    if (job === undefined || !isTerminal(job)) {
      const what = job === undefined ? `${key} has no job` : `${key} is ${job.state} in the end`;
      world.history.violate({ rule: "every-object-ends", what, jobId });
    } else checkFate(job, world.natures.get(key) ?? "good", world);
  }
  for (const job of world.jobs.allJobs()) {
    if (job.source.type === "upload" && !expected.has(job.jobId)) {
      const what = `a job for ${job.source.key} that no version stands for`;
      world.history.violate({ rule: "same-trigger-same-job", what, jobId: job.jobId });
    }
    if (!isTerminal(job))
      world.history.violate({ rule: "every-job-ends", what: `${job.state} in the end`, jobId: job.jobId });
  }
}
