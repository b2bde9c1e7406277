/** Time decides only when something is tried again, never what is right. */
export interface Clock {
  now(): Date;
}

/** What must not repeat or be guessed comes from here, so that a simulation can replay it. */
export interface Chance {
  /** 0 <= n < 1 */
  random(): number;
  /** A new run id: letters, digits and hyphens, at most 64, sortable by time. */
  runId(now: Date): string;
}
