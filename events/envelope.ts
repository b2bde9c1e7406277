import { z } from "zod";

/**
 * EventBridge's envelope. Unknown fields pass: AWS may add some at any time.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export const Envelope = z.looseObject({
  id: z.string().min(1),
  "detail-type": z.string(),
  source: z.string(),
  account: z.string().optional(),
  time: z.iso.datetime(),
  region: z.string().optional(),
  resources: z.array(z.string()).default([]),
});

/** What is enough to know which schema reads the rest. */
export const EventKind = z.looseObject({ "detail-type": z.string(), source: z.string() });
