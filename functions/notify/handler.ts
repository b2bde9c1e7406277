import { notifyFailure } from "#flow/notify-failure.ts";
import { JobFailed } from "#events/slipway/job-ended.ts";
import { once } from "../../runtime/once.ts";
import { eventHandler } from "../../runtime/event-handler.ts";
import { notifyPorts } from "../../runtime/functions.ts";

const ports = once(notifyPorts);

/** Turns failures into mail that a person can act on. */
export const handler = eventHandler(JobFailed, (event) => notifyFailure(event, ports()));
