import type { ListedOrder } from "../ordering/object-line.ts";
import type { ObjectVersion } from "../ports/object-store.ts";
import { sha256 } from "../sha256.ts";

/**
 * The "Object Created" event of an object version that a listing found, in the shape in which S3 sends it
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html), without sequencer: a listing has none. Account and
 * region are not known to a listing and of no meaning here. The same version makes the same event.
 * @param order what the listing says of the order of the key's versions, for pipelines that want the newest only
 * @param pipeline whose work it is, where its key does not tell that any more
 */
export function uploadCreatedEvent(
  version: ObjectVersion,
  order?: ListedOrder,
  pipeline?: string,
): Record<string, unknown> {
  return {
    version: "0",
    id: eventId(version),
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "000000000000",
    time: version.lastModified,
    region: "us-east-1",
    resources: [`arn:aws:s3:::${version.bucket}`],
    detail: {
      version: "0",
      bucket: { name: version.bucket },
      object: {
        key: version.key,
        size: version.sizeBytes,
        ...(version.etag === undefined ? {} : { etag: version.etag }),
        "version-id": version.versionId,
        ...(order === undefined
          ? {}
          : { "newest-version-id": order.newestVersionId, "older-version-ids": order.olderVersionIds }),
        ...(pipeline === undefined ? {} : { pipeline }),
      },
      requester: "slipway-inventory",
      reason: "PutObject",
    },
  };
}

/** In the form of a UUID, as EventBridge gives its events. */
function eventId({ bucket, key, versionId }: ObjectVersion): string {
  const hex = sha256(JSON.stringify([bucket, key, versionId]));
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
