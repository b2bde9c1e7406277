import type { Readable } from "node:stream";
import { AwsError } from "./aws-error.ts";

/** The largest body of a control-plane call; S3 streams its own. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Reads a whole request body. @throws AwsError RequestEntityTooLarge */
export async function readBody(body: Readable, maxBytes = MAX_BODY_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > maxBytes)
      throw new AwsError("RequestEntityTooLarge", `The body is larger than ${maxBytes} bytes.`, 413);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
