import { z } from "zod";
import { notifyFailure } from "#flow/notify-failure.ts";
import { notifyPause } from "#flow/notify-pause.ts";
import { DeploymentStateChange } from "#events/ecs/deployment-state-change.ts";
import { ServiceAction } from "#events/ecs/service-action.ts";
import { JobFailed } from "#events/slipway/job-ended.ts";
import { PipelinePaused } from "#events/slipway/pipeline-paused.ts";
import { RunStopped } from "#events/slipway/run-stopped.ts";
import { TroubleNoticed } from "#events/slipway/trouble-noticed.ts";
import { once } from "../../runtime/once.ts";
import { eventHandler } from "../../runtime/event-handler.ts";
import { notifyPorts } from "../../runtime/functions.ts";

const ports = once(notifyPorts);

/** Everything that administrators are told of. */
const Told = z.union([
  JobFailed,
  RunStopped,
  PipelinePaused,
  TroubleNoticed,
  ServiceAction,
  DeploymentStateChange,
]);

/** Turns failures and pauses into mail that a person can act on. */
export const handler = eventHandler(Told, (event) =>
  event["detail-type"] === "Pipeline Paused" ? notifyPause(event, ports()) : notifyFailure(event, ports()),
);
