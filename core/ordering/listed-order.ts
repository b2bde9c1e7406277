import type { ObjectVersion } from "../ports/object-store.ts";
import { type ListedOrder, MAX_OLDER_VERSIONS } from "./object-line.ts";

/** A key with more versions than this is looked at in parts. */
const MAX_VERSIONS_AT_ONCE = 10_000;

/** Cuts the pages of a listing anew, so that the versions of a key stand on one page. */
export async function* inWholeKeys(
  pages: AsyncIterable<readonly ObjectVersion[]>,
): AsyncGenerator<readonly ObjectVersion[]> {
  let held: ObjectVersion[] = [];
  for await (const page of pages) {
    const all = [...held, ...page];
    const lastKey = all.at(-1)?.key;
    const cut = all.length > MAX_VERSIONS_AT_ONCE ? all.length : all.findIndex(({ key }) => key === lastKey);
    held = all.slice(cut);
    if (cut > 0) yield all.slice(0, cut);
  }
  if (held.length > 0) yield held;
}

/**
 * What a page says of the order of a key's versions: S3 lists the newest first
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html). A delete marker is no version: the newest is the
 * one that was the latest before it.
 */
export function listedOrders(page: readonly ObjectVersion[]): (version: ObjectVersion) => ListedOrder {
  const byKey = new Map<string, string[]>();
  const places = new Map<ObjectVersion, number>();
  for (const version of page) {
    const ids = byKey.get(version.key) ?? [];
    byKey.set(version.key, ids);
    places.set(version, ids.push(version.versionId));
  }
  return (version) => {
    const ids = byKey.get(version.key) ?? [];
    const after = places.get(version) ?? ids.length;
    return {
      newestVersionId: ids[0] ?? version.versionId,
      olderVersionIds: ids.slice(after, after + MAX_OLDER_VERSIONS),
    };
  };
}
