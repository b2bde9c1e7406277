import { EventKind } from "#events/envelope.ts";
import { ObjectCreated } from "#events/s3/object-created.ts";
import { ScheduledEvent } from "#events/schedule/scheduled-event.ts";
import { JobRequested } from "#events/slipway/job-requested.ts";
import type { z } from "zod";
import { fitsIntoItem, UNFIT } from "../jobs/item-limits.ts";
import { requestJobId, scheduleJobId, uploadJobId } from "../jobs/job-id.ts";
import type { JobSource } from "../jobs/job.ts";
import type { ListedOrder } from "../ordering/object-line.ts";
import { isOwnOutput } from "../recursion/hops.ts";
import { isWorkFor, type Pipeline, type Pipelines, pipelineOfKey } from "../pipelines/pipeline.ts";

/** What an event asks for: a job; nothing, and why; or nobody can tell, and why. */
export type Trigger =
  | {
      readonly type: "job";
      readonly jobId: string;
      readonly pipeline: Pipeline;
      readonly source: JobSource;
    }
  | { readonly type: "not-work"; readonly why: string }
  | { readonly type: "unreadable"; readonly why: string };

export interface TriggerContext {
  readonly pipelines: Pipelines;
  /** What the names of the stage's rules begin with; the pipeline's name follows, and nothing else. */
  readonly rulePrefix: string;
  readonly uploadsBucket: string;
}

/** An item of the table holds 400 KB with everything else. */
export const MAX_INPUT_BYTES = 256 * 1024;
/** S3 uses this version id for objects of a bucket that was not versioned. */
const NO_VERSION = "null";

/**
 * Reads one event that reached the intake queue. Never throws: whatever it is given ends as one of the three answers, so that
 * one bad message costs one message.
 */
export function readTrigger(event: unknown, context: TriggerContext): Trigger {
  const kind = EventKind.safeParse(event);
  if (!kind.success)
    return { type: "unreadable", why: `not an EventBridge event: ${firstIssue(kind.error)}` };
  const detailType = kind.data["detail-type"];
  switch (detailType) {
    case "Object Created":
      return readWith(ObjectCreated, event, (parsed) => uploadTrigger(parsed, context));
    case "Scheduled Event":
      return readWith(ScheduledEvent, event, (parsed) => scheduleTrigger(parsed, context));
    case "Job Requested":
      return readWith(JobRequested, event, (parsed) => requestTrigger(parsed, context));
    default:
      return {
        type: "unreadable",
        why: `no pipeline takes events of type "${detailType}" from "${kind.data.source}"`,
      };
  }
}

function readWith<S extends z.ZodType>(
  schema: S,
  event: unknown,
  read: (parsed: z.output<S>) => Trigger,
): Trigger {
  const parsed = schema.safeParse(event);
  return parsed.success ? read(parsed.data) : { type: "unreadable", why: firstIssue(parsed.error) };
}

function uploadTrigger(event: ObjectCreated, { pipelines, uploadsBucket }: TriggerContext): Trigger {
  const { bucket, object } = event.detail;
  if (isOwnOutput(object.key)) return { type: "not-work", why: "our own output" };
  if (bucket.name !== uploadsBucket) {
    return {
      type: "unreadable",
      why: `bucket "${bucket.name}" is not the uploads bucket "${uploadsBucket}"`,
    };
  }
  const pipeline = pipelineOf(object, pipelines);
  if (pipeline === undefined) return { type: "not-work", why: "no upload pipeline takes this key" };
  const isNamed = object.pipeline !== undefined;
  if (!isNamed && !isWorkFor(pipeline, { key: object.key, sizeBytes: object.size })) {
    const why = object.key.endsWith("/") ? "a folder marker" : "an empty file (emptyFiles: skip)";
    return { type: "not-work", why };
  }
  const versionId = object["version-id"] ?? NO_VERSION;
  return {
    type: "job",
    jobId: uploadJobId({ pipeline: pipeline.name, bucket: bucket.name, key: object.key, versionId }),
    pipeline,
    source: {
      type: "upload",
      bucket: bucket.name,
      key: object.key,
      versionId,
      sizeBytes: object.size,
      ...(object.etag === undefined ? {} : { etag: object.etag }),
      ...(object.sequencer === undefined ? {} : { sequencer: object.sequencer }),
      ...(pipeline.onOverwrite === "newest-only" ? listedOrder(object) : {}),
    },
  };
}

/** Where the inventory found the object: what its listing says of the order of versions. */
function listedOrder(object: ObjectCreated["detail"]["object"]): { listed?: ListedOrder } {
  const newestVersionId = object["newest-version-id"];
  if (newestVersionId === undefined) return {};
  return { listed: { newestVersionId, olderVersionIds: object["older-version-ids"] ?? [] } };
}

/** By its key, unless the inventory knows that another pipeline took that when it was uploaded. */
function pipelineOf(
  { key, pipeline: named }: ObjectCreated["detail"]["object"],
  pipelines: Pipelines,
): Pipeline | undefined {
  if (named === undefined) return pipelineOfKey(pipelines, key);
  return Object.hasOwn(pipelines, named) ? pipelines[named] : undefined;
}

function scheduleTrigger(event: ScheduledEvent, context: TriggerContext): Trigger {
  const ruleArn = event.resources[0] ?? "";
  const ruleName = ruleArn.slice(ruleArn.lastIndexOf("/") + 1);
  const pipeline = pipelineOfRule(ruleName, context);
  if (pipeline === undefined) return { type: "unreadable", why: `rule "${ruleName}" belongs to no pipeline` };
  const tick = new Date(event.time).toISOString();
  return {
    type: "job",
    jobId: scheduleJobId({ pipeline: pipeline.name, ruleArn, tick }),
    pipeline,
    source: { type: "schedule", ruleArn, tick },
  };
}

/** By the whole name: in a deploy that adds "nightly-x", code that knows only "x" must not take the ticks of the new one for its own. */
function pipelineOfRule(ruleName: string, { pipelines, rulePrefix }: TriggerContext): Pipeline | undefined {
  return Object.values(pipelines).find(
    ({ name, source }) => source.type === "schedule" && ruleName === rulePrefix + name,
  );
}

function requestTrigger(event: JobRequested, { pipelines }: TriggerContext): Trigger {
  const name = event.detail.pipeline;
  const pipeline = Object.hasOwn(pipelines, name) ? pipelines[name] : undefined;
  if (pipeline === undefined) {
    const known = Object.keys(pipelines).join(", ");
    return { type: "unreadable", why: `there is no pipeline "${name}"; there are: ${known}` };
  }
  if (!fitsIntoItem(event.detail.input, MAX_INPUT_BYTES)) {
    return {
      type: "unreadable",
      why: `its input is ${UNFIT}; put it into S3 and send its key`,
    };
  }
  const idempotencyKey = event.detail.idempotencyKey ?? event.id;
  return {
    type: "job",
    jobId: requestJobId({ pipeline: name, idempotencyKey }),
    pipeline,
    source: { type: "request", idempotencyKey, input: event.detail.input ?? null },
  };
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "unreadable" : `${issue.path.join(".") || "the event"}: ${issue.message}`;
}
