import { AwsError } from "../gateway/aws-error.ts";
import { invalidArgument, invalidRequest } from "./errors.ts";
import type { ObjectVersion } from "./records.ts";

/** Both ends inclusive; empty where end lies before start. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * A Range header as S3 takes it: one range of bytes; several ranges or another syntax count as none.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < start) return undefined;
  return start >= size ? "unsatisfiable" : { start, end };
}

/** The bytes of one part of a multipart object; any other object has one part. @throws AwsError InvalidPartNumber, InvalidRequest */
export function partRange(
  version: ObjectVersion,
  partNumber: string,
  rangeToo: boolean,
): { range: ByteRange; count?: number } {
  if (rangeToo) throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  const number = Number(partNumber);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      partNumber,
    );
  }
  const multipart = version.segments[0]?.part !== undefined;
  let start = 0;
  for (const [index, segment] of version.segments.entries()) {
    if ((segment.part ?? index + 1) === number) {
      return {
        range: { start, end: start + segment.size - 1 },
        ...(multipart ? { count: version.segments.length } : {}),
      };
    }
    start += segment.size;
  }
  throw new AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416, {
    PartNumberRequested: number,
    ActualPartCount: version.segments.length,
  });
}
