import { uploadCreatedEvent } from "#core/intake/upload-event.ts";
import type { ObjectVersion } from "#core/ports/object-store.ts";

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
    resources: [`arn:aws:events:us-east-1:000000000000:rule/slipway-simulation-${pipeline}`],
  };
}
