import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { uploadJobId } from "#core/jobs/job-id.ts";
import type { DeployedService } from "./deployed-service.ts";

const SAMPLES = join(import.meta.dirname, "..", "..", "..", "samples", "files");

export interface UploadedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** Of the job that the images pipeline makes of it. */
  readonly jobId: string;
}

export function sample(name: string): Buffer {
  return readFileSync(join(SAMPLES, name));
}

/** Puts an object into the uploads bucket, as any client of S3 does. */
export async function upload(service: DeployedService, key: string, body: Buffer): Promise<UploadedObject> {
  const bucket = service.outputs.UploadsBucket;
  const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: body.length });
  const { VersionId: versionId = "null", ETag = "" } = await service.operator.s3.send(put);
  const jobId = uploadJobId({ pipeline: "images", bucket, key, versionId });
  return { bucket, key, versionId, sizeBytes: body.length, etag: ETag.replaceAll('"', ""), jobId };
}
