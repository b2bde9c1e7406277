import { createHash } from "node:crypto";
import { checksumOf, type ChecksumAlgorithm } from "./checksums.ts";

/** The two digests that every object and part gets: MD5 for its ETag, and its checksum. */
export class BodyDigest {
  readonly algorithm: ChecksumAlgorithm;
  readonly #md5 = createHash("md5");
  readonly #checksum;

  constructor(algorithm: ChecksumAlgorithm) {
    this.algorithm = algorithm;
    this.#checksum = checksumOf(algorithm);
  }

  update(chunk: Uint8Array): void {
    this.#md5.update(chunk);
    this.#checksum.update(chunk);
  }

  /** MD5 in hex, the checksum in base64. */
  finish(): { md5: string; checksum: string } {
    return { md5: this.#md5.digest("hex"), checksum: this.#checksum.digest().toString("base64") };
  }
}
