import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ResultStore } from "#core/ports/object-store.ts";

export class S3ResultStore implements ResultStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(options: { client: S3Client; bucket: string }) {
    this.#client = options.client;
    this.#bucket = options.bucket;
  }

  async put({ key, body, contentType, metadata }: Parameters<ResultStore["put"]>[0]): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ...(metadata === undefined ? {} : { Metadata: { ...metadata } }),
      }),
    );
  }
}
