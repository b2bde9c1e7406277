import type { Checksum } from "./records.ts";
import type { XmlElements } from "./xml-document.ts";

/** What a listing tells of a version's checksum. */
export function checksumType(version: { readonly checksum: Checksum }): XmlElements {
  return { ChecksumAlgorithm: version.checksum.algorithm, ChecksumType: version.checksum.type };
}
