import { createHash, type Hash } from "node:crypto";
import { AwsError } from "../gateway/aws-error.ts";
import { BodyDigest } from "./body-digest.ts";
import { decodeChunked } from "./chunked-body.ts";
import {
  CHECKSUM_ALGORITHMS,
  checksumHeader,
  checksumOf,
  DEFAULT_ALGORITHM,
  isChecksumAlgorithm,
  type ChecksumAlgorithm,
} from "./checksums.ts";
import { badDigest, incompleteBody, invalidArgument, invalidRequest, unimplementedHeader } from "./errors.ts";
import type { S3Request } from "./s3-request.ts";

/** The largest body of one put or part. https://docs.aws.amazon.com/general/latest/gr/s3.html */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

/**
 * A body on its way in: decodes it, digests it as it is read, and at its end holds it against everything that the
 * client said of it (length, Content-MD5, x-amz-content-sha256, x-amz-checksum-*, trailing checksum).
 */
export class ReceivedBody implements AsyncIterable<Uint8Array> {
  readonly algorithm: ChecksumAlgorithm;
  /** Whether the client named the algorithm. */
  readonly algorithmChosen: boolean;
  readonly #request: S3Request;
  readonly #sha256: Hash | undefined;
  readonly #digest: BodyDigest;
  readonly #expectedMd5: string | undefined;
  #expectedChecksum: string | undefined;
  #digests: { md5: string; checksum: string } | undefined;

  /**
   * @param algorithm what to compute where the request names none (an upload's own algorithm)
   * @throws AwsError InvalidDigest, InvalidRequest, EntityTooLarge
   */
  constructor(request: S3Request, algorithm: ChecksumAlgorithm = DEFAULT_ALGORITHM) {
    this.#request = request;
    const chosen = chosenAlgorithm(request);
    this.algorithm = chosen ?? algorithm;
    this.algorithmChosen = chosen !== undefined;
    this.#digest = new BodyDigest(this.algorithm);
    this.#expectedChecksum = request.header(checksumHeader(this.algorithm));
    this.#expectedMd5 = expectedMd5(request);
    this.#sha256 = isSha256(request.header("x-amz-content-sha256")) ? createHash("sha256") : undefined;
    const declared = declaredSize(request) ?? 0;
    if (declared > MAX_PUT_BYTES) throw entityTooLarge(declared);
  }

  /** What the bytes came to; known once all of them were read. */
  get digests(): { md5: string; checksum: string } {
    if (this.#digests === undefined) throw new Error("the body has not been read to its end");
    return this.#digests;
  }

  /** The decoded bytes. @throws AwsError BadDigest, EntityTooLarge, IncompleteBody, XAmzContentSHA256Mismatch, MalformedTrailerError */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of this.#decoded()) {
      size += chunk.length;
      if (size > MAX_PUT_BYTES) throw entityTooLarge(size);
      this.#digest.update(chunk);
      this.#sha256?.update(chunk);
      yield chunk;
    }
    const declared = declaredSize(this.#request);
    if (declared !== undefined && declared !== size) throw incompleteBody();
    this.#digests = this.#digest.finish();
    this.#verify(this.#digests);
  }

  #decoded(): AsyncIterable<Uint8Array> {
    const body = this.#request.gateway.body as AsyncIterable<Uint8Array>;
    if (!isChunked(this.#request)) return body;
    return decodeChunked(body, (name, value) => {
      if (name === checksumHeader(this.algorithm)) this.#expectedChecksum = value;
    });
  }

  #verify({ md5, checksum }: { md5: string; checksum: string }): void {
    if (this.#expectedMd5 !== undefined && this.#expectedMd5 !== md5) {
      throw badDigest("The Content-MD5 you specified did not match what we received.");
    }
    const claimed = this.#request.header("x-amz-content-sha256");
    const sha256 = this.#sha256?.digest("hex");
    if (sha256 !== undefined && sha256 !== claimed) {
      throw new AwsError(
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        400,
        { ClientComputedContentSHA256: claimed, S3ComputedContentSHA256: sha256 },
      );
    }
    if (this.#expectedChecksum !== undefined && this.#expectedChecksum !== checksum) {
      throw badDigest(`The ${this.algorithm} you specified did not match the calculated checksum.`);
    }
    if (this.#expectedChecksum === undefined && this.#request.header("x-amz-trailer") !== undefined) {
      throw new AwsError(
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our published schema.",
        400,
      );
    }
  }
}

/**
 * Objects and parts must say their length first. S3 takes no transfer coding in its place, which is why SDKs fail on
 * streams of unknown length. @throws AwsError MissingContentLength, NotImplemented
 */
export function requireLength(request: S3Request): void {
  if (declaredSize(request) !== undefined) return;
  if (request.header("transfer-encoding") === undefined) {
    throw new AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", 411);
  }
  throw unimplementedHeader("Transfer-Encoding");
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, x-amz-sdk-checksum-algorithm */
function chosenAlgorithm(request: S3Request): ChecksumAlgorithm | undefined {
  const given = CHECKSUM_ALGORITHMS.filter(
    (algorithm) => request.header(checksumHeader(algorithm)) !== undefined,
  );
  const trailer = /^x-amz-checksum-(\w+)$/
    .exec((request.header("x-amz-trailer") ?? "").trim())?.[1]
    ?.toUpperCase();
  if (trailer !== undefined && isChecksumAlgorithm(trailer)) given.push(trailer);
  if (given.length > 1) {
    throw invalidRequest(
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const named = request.header("x-amz-sdk-checksum-algorithm")?.toUpperCase();
  if (named !== undefined && !isChecksumAlgorithm(named)) {
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  if (named !== undefined && given.length === 0) {
    throw invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  if (named !== undefined && named !== given[0]) {
    throw badDigest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  const value = given[0] === undefined ? undefined : request.header(checksumHeader(given[0]));
  if (given[0] !== undefined && value !== undefined && !isChecksum(given[0], value)) {
    throw invalidRequest(`Value for ${checksumHeader(given[0])} header is invalid.`);
  }
  return given[0];
}

/** In hex. */
function expectedMd5(request: S3Request): string | undefined {
  const text = request.header("content-md5");
  if (text === undefined) return undefined;
  const digest = Buffer.from(text, "base64");
  if (digest.length === 16) return digest.toString("hex");
  throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400, {
    "Content-MD5": text,
  });
}

function isChecksum(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === checksumOf(algorithm).digest().length && bytes.toString("base64") === value;
}

function isChunked(request: S3Request): boolean {
  return (request.header("x-amz-content-sha256") ?? "").startsWith("STREAMING-");
}

function isSha256(text: string | undefined): boolean {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text);
}

function declaredSize(request: S3Request): number | undefined {
  const text = request.header(isChunked(request) ? "x-amz-decoded-content-length" : "content-length");
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text))
    throw invalidArgument("The length of the body is not a number.", "Content-Length", text);
  return Number(text);
}

function entityTooLarge(size: number): AwsError {
  return new AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400, {
    ProposedSize: size,
    MaxSizeAllowed: MAX_PUT_BYTES,
  });
}
