import { z } from "zod";
import { notifyFailure } from "#flow/notify-failure.ts";
import { notifyPause } from "#flow/notify-pause.ts";
import { JobFailed } from "#events/slipway/job-ended.ts";
import { PipelinePaused } from "#events/slipway/pipeline-paused.ts";
import { once } from "../../runtime/once.ts";
import { eventHandler } from "../../runtime/event-handler.ts";
import { notifyPorts } from "../../runtime/functions.ts";

const ports = once(notifyPorts);

/** Turns failures into mail that a person can act on. */
export const handler = eventHandler(z.union([JobFailed, PipelinePaused]), (event) =>
  event["detail-type"] === "Pipeline Paused"
    ? notifyPause(event as PipelinePaused, ports())
    : notifyFailure(event as JobFailed, ports()),
);
