import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { combineCrcs, crc32c, crc64nvme, CRC_POLYNOMIALS, type Crc } from "./crc.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
export const CHECKSUM_ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** What S3 computes where the client chose nothing. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = "CRC64NVME";

export function checksumOf(algorithm: ChecksumAlgorithm): Crc {
  return STREAMS[algorithm]();
}

const STREAMS: Readonly<Record<ChecksumAlgorithm, () => Crc>> = {
  CRC32: crc32Stream,
  CRC32C: crc32c,
  CRC64NVME: crc64nvme,
  SHA1: () => hashStream("sha1"),
  SHA256: () => hashStream("sha256"),
};

function hashStream(name: string): Crc {
  const hash = createHash(name);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}

function crc32Stream(): Crc {
  let crc = 0;
  return {
    update(bytes) {
      crc = crc32(bytes, crc);
    },
    digest() {
      const result = Buffer.alloc(4);
      result.writeUInt32BE(crc);
      return result;
    },
  };
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The name of the element in documents, e.g. ChecksumCRC32. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

export function isChecksumAlgorithm(text: string): text is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly string[]).includes(text);
}

/** The checksum of the checksums of the parts, with their count behind it. */
export function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly { checksum: string }[],
): string {
  const whole = checksumOf(algorithm);
  for (const part of parts) whole.update(Buffer.from(part.checksum, "base64"));
  return `${whole.digest().toString("base64")}-${parts.length}`;
}

/** The checksum of all bytes from those of the parts; only CRCs can do this. */
export function fullObjectChecksum(
  algorithm: "CRC32" | "CRC32C" | "CRC64NVME",
  parts: readonly { checksum: string; size: number }[],
): string {
  const parameters = CRC_POLYNOMIALS[algorithm];
  let crc = 0n;
  for (const part of parts) {
    const own = BigInt(`0x${Buffer.from(part.checksum, "base64").toString("hex")}`);
    crc = combineCrcs(parameters, crc, own, part.size);
  }
  const digits = crc.toString(16).padStart(parameters.width / 4, "0");
  return Buffer.from(digits, "hex").toString("base64");
}
