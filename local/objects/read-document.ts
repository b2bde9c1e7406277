import { Readable } from "node:stream";
import { readBody } from "../gateway/body.ts";
import { ReceivedBody } from "./received-body.ts";
import type { S3Request } from "./s3-request.ts";

/** Larger than any document that S3 takes: 1,000 keys of 1,024 bytes, escaped. */
const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/**
 * Reads a document out of a request's body and checks it against the digests that came with it.
 * @returns its text, and whether the client gave a digest
 * @throws AwsError BadDigest and what ReceivedBody throws
 */
export async function readDocument(request: S3Request): Promise<{ text: string; verified: boolean }> {
  const body = new ReceivedBody(request);
  const bytes = await readBody(Readable.from(body), MAX_DOCUMENT_BYTES);
  return {
    text: bytes.toString("utf8"),
    verified: body.algorithmChosen || request.header("content-md5") !== undefined,
  };
}
