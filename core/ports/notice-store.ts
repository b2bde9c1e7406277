/** Whoever opened a group has mailed by then, or never will. */
export const MAIL_OVERDUE_MS = 60_000;

/** A group is of equal failures within one window of time; `groupId` hashes pipeline, class and fingerprint. */
export interface NoticeStore {
  /**
   * Counts one failure of the group, once per `failureId` (the same failure told twice is one; of very many it may be two).
   * `isNew` is true for the failure that opened the group, until the group is mailed: the first try may have died before the mail.
   * Where no mail has gone for `MAIL_OVERDUE_MS`, the next failure takes its place.
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
