import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import type { ObjectVersion as ListedVersion, S3Client } from "@aws-sdk/client-s3";
import type { ObjectListing, ObjectVersion } from "#core/ports/object-store.ts";

/** Lists with ListObjectVersions, 1,000 versions and delete markers to a page. */
export class S3ObjectListing implements ObjectListing {
  readonly #client: S3Client;

  constructor(options: { client: S3Client }) {
    this.#client = options.client;
  }

  async *listVersions({
    bucket,
    prefix,
  }: {
    bucket: string;
    prefix: string;
  }): AsyncIterable<readonly ObjectVersion[]> {
    let from: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await this.#client.send(
        new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...from }),
      );
      yield (page.Versions ?? []).flatMap((version) => read(bucket, version));
      if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
      from = {
        KeyMarker: page.NextKeyMarker,
        ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
      };
    }
  }
}

function read(bucket: string, version: ListedVersion): ObjectVersion[] {
  const { Key: key, VersionId: versionId, LastModified: lastModified, ETag: etag } = version;
  if (key === undefined || versionId === undefined || lastModified === undefined) return [];
  return [
    {
      bucket,
      key,
      versionId,
      sizeBytes: version.Size ?? 0,
      // The listing quotes it, the event does not.
      ...(etag === undefined ? {} : { etag: etag.replaceAll('"', "") }),
      lastModified: lastModified.toISOString(),
      isLatest: version.IsLatest ?? false,
    },
  ];
}
