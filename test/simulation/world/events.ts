import { uploadCreatedEvent } from "#core/intake/upload-event.ts";
import { type Job, lastAttempt } from "#core/jobs/job.ts";
import type { ObjectVersion } from "#core/ports/object-store.ts";
import type { Run } from "#core/runs/run.ts";
import { JobFailed } from "#events/slipway/job-ended.ts";
import { RunStopped } from "#events/slipway/run-stopped.ts";
import { TroubleNoticed } from "#events/slipway/trouble-noticed.ts";
import type { Trouble } from "#core/ports/messaging.ts";
import { RULE_PREFIX } from "./pipelines.ts";

/** An event in EventBridge's envelope; nobody here reads its id. */
export function eventOf(
  detailType: string,
  source: string,
  at: Date,
  detail: object,
): Record<string, unknown> {
  return {
    version: "0",
    id: `${detailType}/${at.getTime()}`,
    "detail-type": detailType,
    source,
    time: at.toISOString(),
    resources: [],
    detail,
  };
}

/** S3's own event of a version, with a sequencer, other than the inventory's. */
export function objectCreated(version: ObjectVersion): Record<string, unknown> {
  const event = uploadCreatedEvent(version) as { detail: { object: object } };
  const sequencer = version.versionId.slice(1).padStart(16, "0");
  return { ...event, detail: { ...event.detail, object: { ...event.detail.object, sequencer } } };
}

export function scheduled(pipeline: string, at: Date): Record<string, unknown> {
  return {
    ...eventOf("Scheduled Event", "aws.events", at, {}),
    resources: [`arn:aws:events:us-east-1:000000000000:rule/${RULE_PREFIX}${pipeline}`],
  };
}

export function jobFailed(job: Job, at: Date): JobFailed {
  const attempt = lastAttempt(job);
  const detail = { ...job, attempts: job.attempts.length, runId: attempt?.runId, taskArn: attempt?.taskArn };
  return JobFailed.parse(eventOf("Job Failed", "slipway", at, detail));
}

export function runStopped(run: Run, at: Date): RunStopped {
  const { runId, pipeline, state, manifest, taskArn, verdict, stoppedAt } = run;
  return RunStopped.parse(
    eventOf("Run Stopped", "slipway", at, {
      runId,
      pipeline,
      state,
      jobs: manifest.length,
      taskArn,
      class: verdict?.class ?? "unknown",
      reason: verdict?.reason ?? "",
      advice: verdict?.advice,
      stoppedAt,
    }),
  );
}

export function troubleNoticed(trouble: Trouble, at: Date): TroubleNoticed {
  return TroubleNoticed.parse(eventOf("Trouble Noticed", "slipway", at, trouble));
}
