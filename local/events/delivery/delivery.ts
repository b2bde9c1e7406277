import type { Target } from "../shapes.ts";

/** One event on its way to one target, as the journal keeps it. */
export interface Delivery {
  readonly id: string;
  readonly ruleArn: string;
  readonly target: Target;
  /** The event as it stood on the bus, as JSON text. */
  readonly event: string;
  /** Milliseconds since 1970. */
  readonly ingestedAt: number;
  /** How many buses the event has passed before this one. */
  readonly hops: number;
}
