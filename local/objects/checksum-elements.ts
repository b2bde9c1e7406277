import { checksumElement, type ChecksumAlgorithm } from "./checksums.ts";
import type { Checksum } from "./records.ts";
import type { XmlElements } from "./xml-document.ts";

/** What a listing tells of a version's checksum. */
export function checksumType(version: { readonly checksum: Checksum }): XmlElements {
  return { ChecksumAlgorithm: version.checksum.algorithm, ChecksumType: version.checksum.type };
}

/** A checksum's value under its algorithm's element. */
export function checksumValue(algorithm: ChecksumAlgorithm, value: string): XmlElements {
  return { [checksumElement(algorithm)]: value };
}
