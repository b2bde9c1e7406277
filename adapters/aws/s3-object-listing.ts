import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import type { ObjectVersion as ListedVersion, S3Client } from "@aws-sdk/client-s3";
import type { ListingQuery, ObjectListing, ObjectVersion } from "#core/ports/object-store.ts";

/** How deep folders are looked into for where to cut: as deep as images/2026/11/29/ lies. */
const LEVELS = 4;

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

  /** The folders under the prefix, as far as a page has them, are cut into even parts; where there are few, those within them. */
  async cuts({
    bucket,
    prefix,
    parts,
  }: {
    bucket: string;
    prefix: string;
    parts: number;
  }): Promise<string[]> {
    let { folders, isWhole } = await this.#foldersIn(bucket, prefix);
    for (
      let level = 1;
      level < LEVELS && isWhole && folders.length > 0 && folders.length < parts;
      level += 1
    ) {
      const inner = await Promise.all(folders.map((folder) => this.#foldersIn(bucket, folder)));
      if (inner.every((within) => within.folders.length === 0)) break;
      folders = inner.flatMap((within, index) =>
        within.folders.length > 0 ? within.folders : folders.slice(index, index + 1),
      );
      isWhole = inner.at(-1)?.isWhole ?? true;
    }
    // Beyond a page of folders nobody knows how many there are; its last one is where the rest begins.
    const last = isWhole ? [] : folders.slice(-1);
    const size = Math.ceil(folders.length / Math.max(1, parts - last.length));
    return [...new Set([...folders.filter((_, index) => index > 0 && index % size === 0), ...last])];
  }

  async #foldersIn(bucket: string, prefix: string): Promise<{ folders: string[]; isWhole: boolean }> {
    const { CommonPrefixes = [], IsTruncated } = await this.#client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, Delimiter: "/" }),
    );
    return { folders: CommonPrefixes.flatMap(({ Prefix }) => Prefix ?? []), isWhole: IsTruncated !== true };
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
