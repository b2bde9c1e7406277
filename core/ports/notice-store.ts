/** A group of equal failures, for one window of time. */
export interface NoticeGroup {
  /** Pipeline, class and fingerprint, hashed. */
  readonly groupId: string;
  /** ISO 8601 start of the window. */
  readonly windowStart: string;
  readonly count: number;
  readonly firstAt: string;
}

export interface NoticeStore {
  /**
   * Counts one failure of the group, once per `failureId` (the same failure told twice is one).
   * `isNew` is true for the call that opened the group, and for its repetition: the first try may have died before the mail.
   */
  count(failure: {
    groupId: string;
    windowStart: string;
    failureId: string;
    at: string;
  }): Promise<{ isNew: boolean; count: number }>;
  /** The group's first mail has gone out. */
  markMailed(group: { groupId: string; windowStart: string; at: string }): Promise<void>;
}
