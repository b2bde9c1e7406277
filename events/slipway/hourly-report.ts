import { z } from "zod";
import { FAILURE_CLASSES } from "../failure-classes.ts";

const Count = z.number().int().nonnegative();
const Time = z.iso.datetime();

const Work = z.looseObject({
  jobs: Count,
  /** Of the objects that the jobs are about. */
  bytes: Count,
  succeeded: Count,
  failed: Count,
  /** Cancelled or superseded. */
  dropped: Count,
  /** Not ended when the report was written. */
  open: Count,
  /** Runs that had one of the jobs. */
  runs: Count,
  /** The jobs' shares of what those runs cost; those under way have no cost yet. */
  costUsd: z.number().nonnegative(),
});

/**
 * The report of one hour, `reports/TICK.json` in the results bucket; `reports/TICK.html` shows the same to people. Members may be
 * added at any time.
 */
export const HourlyReport = z.looseObject({
  /** ISO 8601, as are all times: when the inventory was due. */
  tick: Time,
  writtenAt: Time,
  bucket: z.string().min(1),
  /** How far back the inventory looked. */
  days: z.number().positive(),
  /** What the listing of the uploads bucket came to, by pipeline: each version is in one of the counts below `listed`. */
  pipelines: z.record(
    z.string(),
    z.looseObject({
      listed: Count,
      bytes: Count,
      known: Count,
      /** Had no job, and were sent to intake: events that were lost. */
      sent: Count,
      /** An earlier tick has looked at them. */
      checked: Count,
      tooOld: Count,
      outOfWindow: Count,
      settling: Count,
    }),
  ),
  /** The jobs that were recorded in the hour before the tick, and how they stood when the report was written. */
  hour: z.looseObject({
    from: Time,
    to: Time,
    total: Work,
    pipelines: z.record(z.string(), Work),
    /** Sixty of them, by the minute in which the jobs were recorded. */
    minutes: z.array(z.looseObject({ succeeded: Count, failed: Count, dropped: Count, open: Count })),
    /** By the ending of the key; ticks and requests by their name. */
    types: z.record(z.string(), z.looseObject({ jobs: Count, bytes: Count })),
    failures: z.array(
      z.looseObject({
        class: z.enum(FAILURE_CLASSES),
        jobs: Count,
        /** One of them. */
        example: z.looseObject({
          jobId: z.string(),
          pipeline: z.string(),
          subject: z.string(),
          reason: z.string(),
          advice: z.string(),
        }),
      }),
    ),
  }),
});

export type HourlyReport = z.infer<typeof HourlyReport>;
export type ReportedWork = z.infer<typeof Work>;
