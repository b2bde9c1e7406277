import { ScheduledEvent } from "#events/schedule/scheduled-event.ts";
import { sweep } from "#flow/sweep.ts";
import { once } from "../../runtime/once.ts";
import { eventHandler } from "../../runtime/event-handler.ts";
import { sweepPorts } from "../../runtime/functions.ts";

const ports = once(sweepPorts);

/** Repairs whatever was lost, every five minutes. */
export const handler = eventHandler(ScheduledEvent, (_tick, invocation) =>
  sweep({ ...ports(), ...invocation }),
);
