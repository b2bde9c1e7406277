import { notifyFailure } from "#flow/notify-failure.ts";
import { JobFailed } from "#events/slipway/job-ended.ts";
import { RunStopped } from "#events/slipway/run-stopped.ts";
import { z } from "zod";
import { once } from "../../runtime/once.ts";
import { eventHandler } from "../../runtime/event-handler.ts";
import { notifyPorts } from "../../runtime/functions.ts";

const ports = once(notifyPorts);

/** Turns failures into mail that a person can act on. */
export const handler = eventHandler(z.union([JobFailed, RunStopped]), (event) =>
  notifyFailure(event, ports()),
);
