import { Readable } from "node:stream";
import type { Clock } from "#core/ports/clock.ts";
import type { ListingQuery, ObjectListing, ObjectVersion, ResultStore } from "#core/ports/object-store.ts";
import {
  ObjectGoneError,
  type ObjectName,
  type OpenedObject,
  type SourceObjects,
} from "#core/ports/source-objects.ts";

const VERSIONS_PER_PAGE = 1000;

interface Version {
  readonly listed: Omit<ObjectVersion, "isLatest">;
  readonly body: Buffer;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A versioned bucket: what was put stays, and the latest version of a key is the one put last. */
export class MemoryBucket implements SourceObjects, ObjectListing, ResultStore {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #versions: Version[] = [];
  #count = 0;

  constructor(options: { name: string; clock: Clock }) {
    this.#name = options.name;
    this.#clock = options.clock;
  }

  async put({ key, body, contentType, metadata }: Parameters<ResultStore["put"]>[0]): Promise<void> {
    this.upload(key, body, contentType, metadata);
  }

  /** @returns the version id */
  upload(
    key: string,
    body: Uint8Array | string,
    contentType = "application/octet-stream",
    metadata: Readonly<Record<string, string>> = {},
  ): string {
    const bytes = Buffer.from(body);
    const versionId = `v${(this.#count += 1)}`;
    const lastModified = this.#clock.now().toISOString();
    const listed = { bucket: this.#name, key, versionId, sizeBytes: bytes.length, lastModified };
    this.#versions.push({ listed, body: bytes, contentType, metadata });
    return versionId;
  }

  async open(version: { bucket: string; key: string; versionId: string }): Promise<OpenedObject> {
    const found = this.#versions.find(
      ({ listed }) =>
        listed.bucket === version.bucket &&
        listed.key === version.key &&
        listed.versionId === version.versionId,
    );
    if (found === undefined) throw new ObjectGoneError(`NoSuchVersion: ${version.key}`);
    const { body, contentType, metadata } = found;
    return { sizeBytes: body.length, contentType, metadata, stream: Readable.from([body]) };
  }

  async newest({ bucket, key }: { bucket: string; key: string }): Promise<ObjectName> {
    const found = this.#versions.findLast(({ listed }) => listed.bucket === bucket && listed.key === key);
    if (found === undefined) throw new ObjectGoneError(`NotFound: ${key}`);
    const { versionId, sizeBytes } = found.listed;
    return { bucket, key, versionId, sizeBytes };
  }

  /** In UTF-8 order of the keys and newest first, as S3 lists them. */
  async *listVersions({ after, upTo, ...query }: ListingQuery): AsyncIterable<readonly ObjectVersion[]> {
    const newest = new Map(this.#versions.map(({ listed }) => [listed.key, listed.versionId]));
    const found = this.#versions
      .map(({ listed }) => ({ ...listed, isLatest: newest.get(listed.key) === listed.versionId }))
      .filter(({ bucket, key }) => bucket === query.bucket && key.startsWith(query.prefix))
      .filter(({ key }) => after === undefined || inOrder(after, key) < 0)
      .filter(({ key }) => upTo === undefined || inOrder(key, upTo) <= 0)
      .reverse()
      .sort((a, b) => inOrder(a.key, b.key));
    for (let start = 0; start < found.length; start += VERSIONS_PER_PAGE) {
      yield found.slice(start, start + VERSIONS_PER_PAGE);
    }
  }

  async cuts({
    bucket,
    prefix,
    parts,
  }: {
    bucket: string;
    prefix: string;
    parts: number;
  }): Promise<string[]> {
    const folders = this.#versions
      .filter(({ listed }) => listed.bucket === bucket && listed.key.startsWith(prefix))
      .map(({ listed }) => listed.key.slice(0, listed.key.indexOf("/", prefix.length) + 1))
      .filter((folder) => folder !== "");
    const sorted = [...new Set(folders)].sort(inOrder);
    const size = Math.ceil(sorted.length / parts);
    return sorted.filter((_, index) => index > 0 && index % size === 0);
  }
}

/** UTF-8. */
function inOrder(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
