import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import type { ObjectVersion as ListedVersion, S3Client } from "@aws-sdk/client-s3";
import type { ListingQuery, ObjectListing, ObjectVersion } from "#core/ports/object-store.ts";

/** Lists with ListObjectVersions, 1,000 versions and delete markers to a page. */
export class S3ObjectListing implements ObjectListing {
  readonly #client: S3Client;

  constructor(options: { client: S3Client }) {
    this.#client = options.client;
  }

  async *listVersions({
    bucket,
    prefix,
    after,
    upTo,
  }: ListingQuery): AsyncIterable<readonly ObjectVersion[]> {
    let from: { KeyMarker?: string; VersionIdMarker?: string } =
      after === undefined ? {} : { KeyMarker: after };
    for (;;) {
      const page = await this.#client.send(
        new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...from }),
      );
      const versions = (page.Versions ?? []).flatMap((version) => read(bucket, version));
      const wanted = upTo === undefined ? versions : versions.filter(({ key }) => isUpTo(key, upTo));
      yield wanted;
      if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
      if (upTo !== undefined && !isUpTo(page.NextKeyMarker, upTo)) return;
      from = {
        KeyMarker: page.NextKeyMarker,
        ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
      };
    }
  }

  /** One request: the folders right under the prefix, as far as a page has them, are cut into even parts. */
  async cuts({
    bucket,
    prefix,
    parts,
  }: {
    bucket: string;
    prefix: string;
    parts: number;
  }): Promise<string[]> {
    const { CommonPrefixes = [], IsTruncated } = await this.#client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, Delimiter: "/" }),
    );
    const folders = CommonPrefixes.flatMap(({ Prefix }) => Prefix ?? []);
    // Beyond a page of folders nobody knows how many there are; its last one is where the rest begins.
    const last = IsTruncated === true ? folders.slice(-1) : [];
    const size = Math.ceil(folders.length / Math.max(1, parts - last.length));
    return [...new Set([...folders.filter((_, index) => index > 0 && index % size === 0), ...last])];
  }
}

/** As S3 orders keys: by their bytes in UTF-8. */
function isUpTo(key: string, last: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(last)) <= 0;
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
