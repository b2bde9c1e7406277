import { z } from "zod";
import { notifyFailure } from "#flow/notify-failure.ts";
import { notifyPause } from "#flow/notify-pause.ts";
import { JobFailed } from "#events/slipway/job-ended.ts";
import { PipelinePaused } from "#events/slipway/pipeline-paused.ts";
import { RunStopped } from "#events/slipway/run-stopped.ts";
import { once } from "../../runtime/once.ts";
import { eventHandler } from "../../runtime/event-handler.ts";
import { notifyPorts } from "../../runtime/functions.ts";

const ports = once(notifyPorts);

/** Turns failures and pauses into mail that a person can act on. */
export const handler = eventHandler(z.union([JobFailed, RunStopped, PipelinePaused]), (event) =>
  event["detail-type"] === "Pipeline Paused" ? notifyPause(event, ports()) : notifyFailure(event, ports()),
);
