import { ScheduledEvent } from "#events/schedule/scheduled-event.ts";
import { measureWaiting } from "#flow/measure-waiting.ts";
import { sweep } from "#flow/sweep/sweep.ts";
import { once } from "../../runtime/once.ts";
import { eventHandler } from "../../runtime/event-handler.ts";
import { sweepPorts } from "../../runtime/functions.ts";

const ports = once(sweepPorts);

/** Repairs whatever was lost, every five minutes. */
export const handler = eventHandler(ScheduledEvent, async (_tick, invocation) => {
  await sweep({ ...ports(), ...invocation });
  await measureWaiting(ports());
});
