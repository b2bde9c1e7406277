/**
 * Each message of a work queue is a job. The service of the pipeline takes them; nothing is launched for them one by one.
 */
export interface QueueSource {
  readonly type: "queue";
  /** The folder of the uploads bucket that the work may read, ends with a slash. Absent: it reads no uploads. */
  readonly reads?: string;
}

/** One more rung of scaling out: with so many messages waiting, so many tasks are added at once. */
export interface ScalingStep {
  /** Messages that wait, at least. */
  readonly waiting: number;
  readonly addTasks: number;
}

/** From a time on, other bounds hold. What is left out stays as it is. */
export interface ScheduledBounds {
  /** An expression of Application Auto Scaling: "cron(0 7 ? * MON-FRI *)", "rate(1 day)" or "at(2026-11-27T06:00:00)". */
  readonly at: string;
  /** IANA name of the zone that cron and at are meant in; UTC where absent. */
  readonly timeZone?: string;
  readonly min?: number;
  readonly max?: number;
}

/** How many tasks a worker service has, and what each of them does at once. */
export interface WorkerPolicy {
  /** 0 costs nothing while there is no work, and the first message then waits for a start of about a minute. */
  readonly min: number;
  readonly max: number;
  /** Messages that one task works on at once. */
  readonly jobsAtOnce: number;
  /** Messages, waiting and under way, that one task is thought to manage: there are so many tasks that each has about as many. */
  readonly backlogPerTask: number;
  /** How long the queue has to be empty, nothing being under way either, before the service goes back to `min`. */
  readonly emptyMinutes: number;
  /** How long a message is held between two signs of life; that of a worker that died comes back after it. */
  readonly visibilitySeconds: number;
  /** Besides: as many tasks as keep the mean CPU use at this share. */
  readonly cpuPercent?: number;
  /** Besides: the same with memory. */
  readonly memoryPercent?: number;
  /** Besides: requests a minute through the load balancer for one task. */
  readonly requestsPerTask?: number;
  /** Besides: more tasks at once where many messages wait. */
  readonly steps?: readonly ScalingStep[];
  readonly schedule?: readonly ScheduledBounds[];
}

/** SQS takes a message back 12 hours after it was received, whatever is done about it. */
export const LONGEST_MESSAGE_SECONDS = 11 * 3600;
