import type { ObjectVersion } from "../ports/object-store.ts";
import { type ListedOrder, MAX_OLDER_VERSIONS } from "./object-line.ts";

/** A key with more versions than this is looked at in parts, of which the later ones know fewer older versions. */
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
 * What the parts of a listing, one after the other, say of the order of a key's versions: S3 lists the newest first
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html). A delete marker is no version: the newest is the
 * one that was the latest before it.
 */
export function listedOrders(): (part: readonly ObjectVersion[]) => (version: ObjectVersion) => ListedOrder {
  // The key that a part ended with may go on in the next one, whose first version is not its newest.
  let last: { readonly key: string; readonly newestVersionId: string } | undefined;
  return (part) => {
    const before = last;
    const { byKey, places } = placesIn(part);
    const newestOf = ({ key, versionId }: ObjectVersion): string =>
      key === before?.key ? before.newestVersionId : (byKey.get(key)?.[0] ?? versionId);
    const end = part.at(-1);
    if (end !== undefined) last = { key: end.key, newestVersionId: newestOf(end) };
    return (version) => {
      const ids = byKey.get(version.key) ?? [];
      const after = places.get(version) ?? ids.length;
      return {
        newestVersionId: newestOf(version),
        olderVersionIds: ids.slice(after, after + MAX_OLDER_VERSIONS),
      };
    };
  };
}

/** The versions of each key, and how many of them stand before and at each version. */
function placesIn(part: readonly ObjectVersion[]): {
  byKey: ReadonlyMap<string, readonly string[]>;
  places: ReadonlyMap<ObjectVersion, number>;
} {
  const byKey = new Map<string, string[]>();
  const places = new Map<ObjectVersion, number>();
  for (const version of part) {
    const ids = byKey.get(version.key) ?? [];
    byKey.set(version.key, ids);
    places.set(version, ids.push(version.versionId));
  }
  return { byKey, places };
}
