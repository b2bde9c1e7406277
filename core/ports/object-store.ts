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

export interface ListingQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** Only keys that come after this one. */
  readonly after?: string;
  /** Only keys that do not come after this one. */
  readonly upTo?: string;
}

export interface ObjectListing {
  /** Versions (no delete markers) under a prefix, page by page, in key order. */
  listVersions(query: ListingQuery): AsyncIterable<readonly ObjectVersion[]>;
  /**
   * Keys in their order that cut what lies under the prefix into parts to list side by side, at most `parts` of them; fewer, or no cut
   * at all, where little lies there or it has no folders to tell the parts by.
   */
  cuts(query: { bucket: string; prefix: string; parts: number }): Promise<readonly string[]>;
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
