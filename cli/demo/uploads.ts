import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { Operator } from "../operator.ts";
import { put } from "../commands/upload.ts";
import { SAMPLES_DIR, type Sample } from "./expectations.ts";

/** A file that the demo uploads, and what is known of how its job shall end. */
export interface DemoUpload {
  readonly key: string;
  /** Absent for an object of no bytes. */
  readonly path?: string;
  readonly sample?: Sample;
}

export function sampleUploads(samples: readonly Sample[]): DemoUpload[] {
  return samples.map((sample) => ({
    key: sample.key,
    sample,
    ...(sample.file === undefined ? {} : { path: join(SAMPLES_DIR, sample.file) }),
  }));
}

/** Every file below a folder of the user's, under the prefix of the images pipeline. */
export function folderUploads(folder: string, prefix: string): DemoUpload[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, key: prefix + relative(folder, path).split(sep).join("/") }));
}

/** @returns the id of the job that the upload makes; undefined where no pipeline takes it */
export async function uploadOne(operator: Operator, upload: DemoUpload): Promise<string | undefined> {
  if (upload.path !== undefined) return (await put(operator, upload.path, upload.key)).jobId;
  const Bucket = operator.outputs.UploadsBucket;
  await operator.s3.send(new PutObjectCommand({ Bucket, Key: upload.key, ContentLength: 0 }));
  return undefined;
}
