/** An object version as the listing has it. */
export interface ObjectVersion {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly sizeBytes: number;
  readonly etag?: string;
  /** ISO 8601. */
  readonly lastModified: string;
  readonly isLatest: boolean;
}

export interface ObjectListing {
  /** Versions (no delete markers) under a prefix, page by page, in key order. */
  listVersions(query: { bucket: string; prefix: string }): AsyncIterable<readonly ObjectVersion[]>;
}

export interface ResultStore {
  /** Writes a result object; the key carries the attempt, so that a ghost cannot overwrite the winner. */
  put(object: {
    key: string;
    body: Uint8Array | string;
    contentType: string;
    metadata?: Readonly<Record<string, string>>;
  }): Promise<void>;
}

/** The last lines that a task wrote. */
export interface TaskLogs {
  /** Newest last; empty where the task never wrote or the log is gone. */
  tail(task: { pipeline: string; taskArn: string; lines: number }): Promise<readonly string[]>;
}
