import { sha256 } from "../sha256.ts";

/** 128 bits, hex: short enough for keys and mails, long enough never to meet by chance. */
const JOB_ID_LENGTH = 32;

/** A job's id follows from its trigger, so the same trigger twice is the same job. */
function jobIdOf(parts: readonly string[]): string {
  return sha256(JSON.stringify(parts)).slice(0, JOB_ID_LENGTH);
}

/** Pipeline, bucket, key and version, and nothing else: a listing has no sequencer, and must give the same id. */
export function uploadJobId(object: {
  pipeline: string;
  bucket: string;
  key: string;
  versionId: string;
}): string {
  return jobIdOf([object.pipeline, "upload", object.bucket, object.key, object.versionId]);
}

export function scheduleJobId(tick: { pipeline: string; ruleArn: string; tick: string }): string {
  return jobIdOf([tick.pipeline, "schedule", tick.ruleArn, tick.tick]);
}

export function requestJobId(request: { pipeline: string; idempotencyKey: string }): string {
  return jobIdOf([request.pipeline, "request", request.idempotencyKey]);
}

/** A message that comes again has its id again; the sender's own key, where there is one, also tells two sendings of one wish. */
export function messageJobId(message: {
  pipeline: string;
  messageId: string;
  idempotencyKey?: string;
}): string {
  const { pipeline, messageId, idempotencyKey } = message;
  return idempotencyKey === undefined
    ? jobIdOf([pipeline, "queue", "message", messageId])
    : jobIdOf([pipeline, "queue", "key", idempotencyKey]);
}
