/** What is counted of the stage for alarms and the dashboard; the names are those of the metrics in CloudWatch. */
export type Measure =
  | "JobsSucceeded"
  | "JobsFailed"
  | "LaunchesFailed"
  /** For how long the oldest job that is due has been waiting, in seconds; 0 where none waits. */
  | "WaitingSeconds";

/** The value of the dimension `service` under which all functions count together. */
export const MEASURED_SERVICE = "slipway";

export interface Measures {
  /** For the whole stage, or for one pipeline. Never fails: a count that is lost keeps no work from being done. */
  record(values: Readonly<Partial<Record<Measure, number>>>, pipeline?: string): void;
}
