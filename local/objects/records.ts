import type { ChecksumAlgorithm } from "./checksums.ts";

/** Part of an object's bytes: one file in the data folder. */
export interface Segment {
  /** Random file name. */
  readonly file: string;
  readonly size: number;
  /** The part's own checksum in base64, where the object was made by a multipart upload. */
  readonly checksum?: string;
  /** The part number, where the object was made by a multipart upload. */
  readonly part?: number;
}

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends in -N. */
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** What a client may set beside the bytes. */
export interface ObjectAttributes {
  /** Content-Type and its like, by lower-case header name. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata without the x-amz-meta- prefix, decoded. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** AES256 or aws:kms; nothing is encrypted on a laptop, the choice is only told back. */
  readonly encryption: string;
  readonly kmsKeyId?: string;
}

/** One version of an object. */
export interface ObjectVersion extends ObjectAttributes {
  /** "null" for one written while versioning was not enabled. */
  readonly versionId: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly marker: false;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum: Checksum;
  readonly segments: readonly Segment[];
}

export interface DeleteMarker {
  readonly versionId: string;
  readonly modifiedAt: number;
  readonly marker: true;
}

export type VersionRecord = ObjectVersion | DeleteMarker;

export interface UploadRecord extends ObjectAttributes {
  readonly uploadId: string;
  readonly initiatedAt: number;
  readonly algorithm: ChecksumAlgorithm;
  readonly checksumType: "FULL_OBJECT" | "COMPOSITE";
  /** Whether the client chose the algorithm; only then is it told back while the upload runs. */
  readonly algorithmChosen: boolean;
}

export interface PartRecord {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly checksum: string;
  readonly modifiedAt: number;
  readonly file: string;
}

export interface BucketRecord {
  readonly name: string;
  readonly createdAt: number;
  readonly region: string;
  /** Absent until versioning is first configured. */
  readonly versioning?: "Enabled" | "Suspended";
  readonly eventBridge: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Stored configuration documents by sub-resource name, e.g. "lifecycle"; XML, and JSON for "policy". */
  readonly documents: Readonly<Record<string, string>>;
}
