import type { Readable } from "node:stream";

/** One object version; its body is read once, or destroyed. */
export interface OpenedObject {
  readonly sizeBytes: number;
  readonly contentType?: string;
  readonly stream: Readable;
}

/** The object version is not there (any more), or is not for this task; S3 does not always tell which. */
export class ObjectGoneError extends Error {
  override readonly name = "ObjectGoneError";
}

export interface SourceObjects {
  /** @throws ObjectGoneError where the version does not exist; anything else may work the next time */
  open(
    version: { bucket: string; key: string; versionId: string },
    signal: AbortSignal,
  ): Promise<OpenedObject>;
}
