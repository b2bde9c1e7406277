import { z } from "zod";

/** What the operator may change of CloudWatch. */
export const settings = z.strictObject({
  /** How long a minute of CloudWatch is: how often metrics of AWS come and alarms are looked at. Periods of alarms go with it. */
  minuteMs: z.number().min(50).max(60_000).default(60_000),
  /**
   * The same for alarms whose actions are scaling policies, and for cooldowns: on a laptop a task starts in a moment, and
   * nobody wants to wait three minutes for it.
   */
  scalingMinuteMs: z.number().min(50).max(60_000).default(2000),
});
