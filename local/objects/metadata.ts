import { AwsError } from "../gateway/aws-error.ts";
import type { S3Request } from "./s3-request.ts";

const PREFIX = "x-amz-meta-";
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_METADATA_BYTES = 2 * 1024;

/** User metadata, decoded to what was meant. @throws AwsError MetadataTooLarge */
export function readMetadata(request: S3Request): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [header, value] of Object.entries(request.gateway.headers)) {
    if (!header.startsWith(PREFIX) || value === undefined) continue;
    const name = header.slice(PREFIX.length);
    const text = decoded([value].flat().join(","));
    size += Buffer.byteLength(name) + Buffer.byteLength(text);
    metadata[name] = text;
  }
  if (size > MAX_METADATA_BYTES) {
    throw new AwsError(
      "MetadataTooLarge",
      "Your metadata headers exceed the maximum allowed metadata size",
      400,
      {
        Size: size,
        MaxSizeAllowed: MAX_METADATA_BYTES,
      },
    );
  }
  return metadata;
}

/** Headers for a response; text that is not plain ASCII is made mail-safe by RFC 2047, as S3 does. */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, text]) => [
      `${PREFIX}${name}`,
      /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`,
    ]),
  );
}

/** Headers arrive as Latin-1 text: UTF-8 bytes in them and RFC 2047 words are both read as the text they stand for. */
function decoded(header: string): string {
  const text = header.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, encoding: string, word: string) =>
    encoding.toLowerCase() === "b" ? Buffer.from(word, "base64").toString("latin1") : quoted(word),
  );
  const bytes = Buffer.from(text, "latin1");
  const utf8 = bytes.toString("utf8");
  return Buffer.from(utf8).equals(bytes) ? utf8 : text;
}

function quoted(word: string): string {
  return word
    .replaceAll("_", " ")
    .replace(/=([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
