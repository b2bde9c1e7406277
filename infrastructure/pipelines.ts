import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import { loadBalancer, loadBalancerOutputs } from "./load-balancer.ts";
import { familyName, logGroupName, logicalName } from "./pipeline-names.ts";
import { scheduleOf } from "./schedules.ts";
import { taskDefinition, type PipelineOptions } from "./task-definition.ts";
import { taskRoles } from "./task-roles.ts";
import { arnOf, localArn, sub, type Intrinsic, type Outputs, type Resources } from "./template.ts";
import { workerOutputs } from "./work-queue.ts";
import { workerResources } from "./worker-service.ts";

/** What each entry of pipelines.ts becomes: a task definition with its roles and log, and what brings a schedule's ticks. */
export function pipelineResources(pipelines: Pipelines, options: PipelineOptions): Resources {
  const resources = Object.values(pipelines).flatMap((pipeline) =>
    Object.entries(resourcesOf(pipeline, options)),
  );
  return Object.fromEntries(resources);
}

function resourcesOf(pipeline: Pipeline, options: PipelineOptions): Resources {
  const id = logicalName(pipeline.name);
  return {
    [`${id}TaskLogs`]: {
      Type: "AWS::Logs::LogGroup",
      Properties: {
        LogGroupName: logGroupName(pipeline, options.stage),
        RetentionInDays: options.settings.logRetentionDays,
      },
    },
    ...taskRoles(pipeline, options.stage),
    [`${id}TaskDefinition`]: taskDefinition(pipeline, options),
    ...scheduleOf(pipeline, options.stage),
    ...loadBalancer(pipeline, options.settings, options.stage),
    ...workerResources(pipeline, options),
  };
}

/** For applications that send to a pipeline's queue. */
export function pipelineOutputs(pipelines: Pipelines): Outputs {
  return Object.fromEntries(
    Object.values(pipelines).flatMap((pipeline) =>
      Object.entries({ ...workerOutputs(pipeline), ...loadBalancerOutputs(pipeline) }),
    ),
  );
}

/** JSON object of pipeline name to task definition ARN, for dispatch. */
export function taskDefinitionsByPipeline(pipelines: Pipelines): Intrinsic {
  const entries = Object.keys(pipelines).map((name) => [name, `\${${logicalName(name)}TaskDefinition}`]);
  return sub(JSON.stringify(Object.fromEntries(entries)));
}

/** Families and not revisions: a run that is launched again may name an older revision. */
export function taskDefinitionFamilies(pipelines: Pipelines, stage: string): Intrinsic[] {
  return Object.values(pipelines).map((pipeline) =>
    localArn("ecs", `task-definition/${familyName(pipeline, stage)}:*`),
  );
}

/** The two roles of each pipeline that RunTask hands to ECS. */
export function passedRoles(pipelines: Pipelines): Intrinsic[] {
  return Object.keys(pipelines)
    .map(logicalName)
    .flatMap((id) => [arnOf(`${id}ExecutionRole`), arnOf(`${id}TaskRole`)]);
}

export function taskLogGroups(pipelines: Pipelines): Intrinsic[] {
  return Object.keys(pipelines).map((name) => arnOf(`${logicalName(name)}TaskLogs`));
}
