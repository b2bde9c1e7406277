import { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { ObjectGoneError } from "#core/ports/source-objects.ts";
import type { ObjectName, OpenedObject, SourceObjects } from "#core/ports/source-objects.ts";

/**
 * How S3 says that a version is not there: 405 is a delete marker, and who may not list the bucket is told AccessDenied.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
const GONE = new Set([
  "NoSuchKey",
  "NoSuchVersion",
  "NoSuchBucket",
  "MethodNotAllowed",
  "AccessDenied",
  "PreconditionFailed",
]);

export class S3SourceObjects implements SourceObjects {
  readonly #client: S3Client;

  constructor(options: { client: S3Client }) {
    this.#client = options.client;
  }

  async open(
    version: { bucket: string; key: string; versionId: string; etag?: string },
    signal: AbortSignal,
  ): Promise<OpenedObject> {
    try {
      const { Body, ContentLength, ContentType, Metadata } = await this.#client.send(
        new GetObjectCommand({ Bucket: version.bucket, Key: version.key, ...whichOf(version) }),
        { abortSignal: signal },
      );
      if (!(Body instanceof Readable)) throw new Error("S3 answered without a body.");
      return {
        stream: Body,
        sizeBytes: ContentLength ?? 0,
        ...(ContentType === undefined ? {} : { contentType: ContentType }),
        ...(Metadata === undefined ? {} : { metadata: Metadata }),
      };
    } catch (error) {
      if (error instanceof S3ServiceException && GONE.has(error.name)) {
        throw new ObjectGoneError(`${error.name}: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }

  async newest({ bucket, key }: { bucket: string; key: string }, signal: AbortSignal): Promise<ObjectName> {
    try {
      const { ContentLength, VersionId, ETag } = await this.#client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: key }),
        { abortSignal: signal },
      );
      return {
        bucket,
        key,
        versionId: VersionId ?? "null",
        sizeBytes: ContentLength ?? 0,
        ...(ETag === undefined ? {} : { etag: ETag.replaceAll('"', "") }),
      };
    } catch (error) {
      if (isHeadRefused(error)) throw new ObjectGoneError(String(error), { cause: error });
      throw error;
    }
  }
}

/** HEAD has no body to say more in: 404 and 405 (a delete marker), 403 for who may not list, 400 for a key that cannot be. */
function isHeadRefused(error: unknown): boolean {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status !== undefined && [400, 403, 404, 405].includes(status);
}

/** In a bucket without versions whatever was put last is version "null": then only the ETag tells whether it is still the one. */
function whichOf({ versionId, etag }: { versionId: string; etag?: string }) {
  const isOnlyOne = versionId === "null" && etag !== undefined;
  return { VersionId: versionId, ...(isOnlyOne ? { IfMatch: `"${etag}"` } : {}) };
}
