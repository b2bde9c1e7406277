import type { ListingQuery, ObjectListing, ObjectVersion } from "#core/ports/object-store.ts";
import type { VirtualTime } from "../engine/virtual-time.ts";

const PAGE = 1000;

/** One write of a result. */
export interface ResultWrite {
  readonly key: string;
  readonly by: string;
  readonly atMs: number;
}

/** S3: a versioned bucket of uploads, and one of results whose every write is remembered. */
export class ObjectStore implements ObjectListing {
  readonly versions: ObjectVersion[] = [];
  readonly results: ResultWrite[] = [];
  readonly #time: VirtualTime;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** S3 has accepted it: from now on it may not be lost. */
  put(object: { bucket: string; key: string; sizeBytes: number }): ObjectVersion {
    const version: ObjectVersion = {
      ...object,
      versionId: `v${this.versions.length + 1}`,
      etag: `"${this.versions.length.toString(16).padStart(32, "0")}"`,
      lastModified: this.#time.now().toISOString(),
      isLatest: true,
    };
    this.versions.push(version);
    return version;
  }

  /** So little lies there that nothing is cut. */
  async cuts(): Promise<string[]> {
    return [];
  }

  async *listVersions({ prefix }: ListingQuery): AsyncIterable<readonly ObjectVersion[]> {
    // Keys in their order, and the newest version of each first.
    const found = this.versions
      .filter(({ key }) => key.startsWith(prefix))
      .reverse()
      .sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1))
      .map((version, index, all) => ({ ...version, isLatest: all[index - 1]?.key !== version.key }));
    for (let start = 0; start < found.length; start += PAGE) yield found.slice(start, start + PAGE);
  }

  putResult(key: string, by: string): void {
    this.results.push({ key, by, atMs: this.#time.nowMs });
  }
}
