import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import { taskImage, type ImageOptions } from "./task-image.ts";
import { taskStatements } from "./task-permissions.ts";
import {
  arnOf,
  localArn,
  ref,
  roleFor,
  sub,
  type Intrinsic,
  type Resource,
  type Resources,
} from "./template.ts";
import type { Settings } from "./settings.ts";

export interface PipelineOptions extends ImageOptions {
  readonly settings: Settings;
}

/** SIGTERM comes two minutes before Spot takes a task away; Fargate waits at most as long. */
const LONGEST_STOP_TIMEOUT_SECONDS = 120;

/** The user `node` of the Node images. */
const TASK_USER = "1000";

const FARGATE_STORAGE_GIB = 20;

/** What each entry of pipelines.ts becomes: a task definition with its role and log, and the rule of a schedule. */
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
    [`${id}TaskRole`]: roleFor(
      "ecs-tasks.amazonaws.com",
      "do-jobs",
      taskStatements(pipeline),
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html: the confused deputy
      {
        StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") },
        ArnLike: { "aws:SourceArn": localArn("ecs", "*") },
      },
    ),
    [`${id}TaskDefinition`]: taskDefinition(pipeline, options),
    ...(pipeline.source.type === "schedule"
      ? { [scheduleRuleId(pipeline)]: scheduleRule(pipeline, pipeline.source.expression, options.stage) }
      : {}),
  };
}

function taskDefinition(pipeline: Pipeline, options: PipelineOptions): Resource {
  const id = logicalName(pipeline.name);
  return {
    Type: "AWS::ECS::TaskDefinition",
    DeletionPolicy: options.settings.taskDefinitionPolicy,
    UpdateReplacePolicy: options.settings.taskDefinitionPolicy,
    Properties: {
      Family: familyName(pipeline, options.stage),
      RequiresCompatibilities: ["FARGATE"],
      NetworkMode: "awsvpc",
      Cpu: String(pipeline.size.cpu),
      Memory: String(pipeline.size.memoryMiB),
      RuntimePlatform: { CpuArchitecture: pipeline.architecture, OperatingSystemFamily: "LINUX" },
      // 20 GiB is what every task has; the API takes 21 and more.
      ...(pipeline.ephemeralStorageGiB > FARGATE_STORAGE_GIB
        ? { EphemeralStorage: { SizeInGiB: pipeline.ephemeralStorageGiB } }
        : {}),
      ExecutionRoleArn: arnOf("TaskExecutionRole"),
      TaskRoleArn: arnOf(`${id}TaskRole`),
      Volumes: [{ Name: "scratch" }],
      ContainerDefinitions: [
        {
          Name: "main",
          Image: taskImage(pipeline, options),
          Essential: true,
          User: TASK_USER,
          ReadonlyRootFilesystem: true,
          MountPoints: [{ SourceVolume: "scratch", ContainerPath: "/tmp", ReadOnly: false }],
          StopTimeout: LONGEST_STOP_TIMEOUT_SECONDS,
          Environment: environmentOf(pipeline, options.stage),
          LogConfiguration: {
            LogDriver: "awslogs",
            Options: {
              "awslogs-group": ref(`${id}TaskLogs`),
              "awslogs-region": ref("AWS::Region"),
              "awslogs-stream-prefix": "task",
            },
          },
        },
      ],
      Tags: [
        { Key: "slipway:stage", Value: options.stage },
        { Key: "slipway:pipeline", Value: pipeline.name },
      ],
    },
  };
}

/** Sorted by name, so that an order of writing is no new revision. */
function environmentOf(pipeline: Pipeline, stage: string): { Name: string; Value: string | Intrinsic }[] {
  const values: Record<string, string | Intrinsic> = {
    ...pipeline.environment,
    SLIPWAY_STAGE: stage,
    SLIPWAY_PIPELINE: pipeline.name,
    SLIPWAY_JOBS_TABLE: ref("JobsTable"),
    SLIPWAY_UPLOADS_BUCKET: ref("UploadsBucket"),
    SLIPWAY_RESULTS_BUCKET: ref("ResultsBucket"),
    SLIPWAY_TASK_EVENTS_QUEUE_URL: ref("TaskEventsQueue"),
    ...(pipeline.task === "inventory" ? { SLIPWAY_INTAKE_QUEUE_URL: ref("IntakeQueue") } : {}),
    SLIPWAY_JOB_TIMEOUT_SECONDS: String(pipeline.timeout.jobSeconds),
    SLIPWAY_EPHEMERAL_STORAGE_GIB: String(pipeline.ephemeralStorageGiB),
    SLIPWAY_MAX_HOPS: String(pipeline.maxHops),
  };
  return Object.entries(values)
    .map(([Name, Value]) => ({ Name, Value }))
    .toSorted((one, other) => (one.Name < other.Name ? -1 : 1));
}

/** The rule's name ends with the pipeline's: intake knows the pipeline by it. */
function scheduleRule(pipeline: Pipeline, expression: string, stage: string): Resource {
  return {
    Type: "AWS::Events::Rule",
    Properties: {
      Name: `slipway-${stage}-${pipeline.name}`,
      Description: `The ticks of pipeline ${pipeline.name}`,
      ScheduleExpression: expression,
      Targets: [
        {
          Id: "intake",
          Arn: arnOf("IntakeQueue"),
          RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
          DeadLetterConfig: { Arn: arnOf("IntakeDeadLetterQueue") },
        },
      ],
    },
  };
}

export function scheduleRules(pipelines: Pipelines): string[] {
  return Object.values(pipelines)
    .filter(({ source }) => source.type === "schedule")
    .map(scheduleRuleId);
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

/** The roles that RunTask hands to ECS. */
export function passedRoles(pipelines: Pipelines): Intrinsic[] {
  return [
    arnOf("TaskExecutionRole"),
    ...Object.keys(pipelines).map((name) => arnOf(`${logicalName(name)}TaskRole`)),
  ];
}

export function taskLogGroups(pipelines: Pipelines): Intrinsic[] {
  return Object.keys(pipelines).map((name) => arnOf(`${logicalName(name)}TaskLogs`));
}

function scheduleRuleId(pipeline: Pipeline): string {
  return `${logicalName(pipeline.name)}ScheduleRule`;
}

function familyName(pipeline: Pipeline, stage: string): string {
  return `slipway-${stage}-${pipeline.name}`;
}

function logGroupName(pipeline: Pipeline, stage: string): string {
  return `/slipway/${stage}/${pipeline.name}`;
}

/** "daily-report" is DailyReport; two names never make one. */
export function logicalName(pipelineName: string): string {
  const camel = pipelineName
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    .replaceAll("-", "Dash");
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}
