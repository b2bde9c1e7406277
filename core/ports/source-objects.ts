import type { Readable } from "node:stream";

/** One object version; its body is read once, or destroyed. */
export interface OpenedObject {
  readonly sizeBytes: number;
  readonly contentType?: string;
  /** User metadata, without x-amz-meta-. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly stream: Readable;
}

/** The object version is not there (any more), or is not for this task; S3 does not always tell which. */
export class ObjectGoneError extends Error {
  override readonly name = "ObjectGoneError";
}

export interface SourceObjects {
  /**
   * Reads the version; of a bucket without versions the object, if it still has the ETag.
   * @throws ObjectGoneError where the version does not exist or was overwritten; anything else may work the next time
   */
  open(
    version: { bucket: string; key: string; versionId: string; etag?: string },
    signal: AbortSignal,
  ): Promise<OpenedObject>;
  /**
   * The version of a key that is the newest now.
   * @throws ObjectGoneError where there is none, or it is not for this task
   */
  newest(object: { bucket: string; key: string }, signal: AbortSignal): Promise<ObjectName>;
}

/** One object version, and how large it is. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly sizeBytes: number;
  readonly etag?: string;
}
