import { z } from "zod";
import { Envelope } from "../envelope.ts";

/**
 * S3 "Object Created" as EventBridge delivers it. The key is as the uploader gave it: it is NOT URL-encoded here, other than in
 * S3's own notifications, and must not be decoded. `version-id` is there on versioned buckets only.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const ObjectCreated = Envelope.extend({
  "detail-type": z.literal("Object Created"),
  source: z.literal("aws.s3"),
  detail: z.looseObject({
    bucket: z.looseObject({ name: z.string().min(1) }),
    object: z.looseObject({
      key: z.string().min(1),
      size: z.number().int().nonnegative().default(0),
      etag: z.string().optional(),
      "version-id": z.string().optional(),
      sequencer: z.string().optional(),
      // Not S3's: the inventory says so of a version that it found in a listing, which has no sequencers.
      "newest-version-id": z.string().optional(),
      "older-version-ids": z.array(z.string()).optional(),
      // Nor this: it was uploaded for this pipeline before a deploy changed where its uploads lie.
      pipeline: z.string().optional(),
    }),
    reason: z.string().optional(),
  }),
});

export type ObjectCreated = z.infer<typeof ObjectCreated>;
