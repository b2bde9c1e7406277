import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { MAIN_CONTAINER } from "#core/planning/run-request.ts";
import type { ImageOptions } from "./images/task-builds.ts";
import { familyName, logicalName } from "./pipeline-names.ts";
import { containerSecrets } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import { sharedVolume, TASK_USER, VOLUME_NAME } from "./shared-files.ts";
import { taskImage } from "./task-image.ts";
import { arnOf, ref, type Intrinsic, type Resource } from "./template.ts";
import { workerEnvironment } from "./work-queue.ts";

export interface PipelineOptions extends ImageOptions {
  readonly settings: Settings;
}

/** SIGTERM comes two minutes before Spot takes a task away; Fargate waits at most as long. */
const LONGEST_STOP_TIMEOUT_SECONDS = 120;

const FARGATE_STORAGE_GIB = 20;

/** The only folder of a task's own that it can write to. */
export const SCRATCH_PATH = "/tmp";

export function taskDefinition(pipeline: Pipeline, options: PipelineOptions): Resource {
  const id = logicalName(pipeline.name);
  return {
    Type: "AWS::ECS::TaskDefinition",
    DeletionPolicy: options.settings.taskDefinitionPolicy,
    UpdateReplacePolicy: options.settings.taskDefinitionPolicy,
    Properties: {
      Family: familyName(pipeline, options.stage),
      ...machineOf(pipeline),
      Cpu: String(pipeline.size.cpu),
      Memory: String(pipeline.size.memoryMiB),
      RuntimePlatform: { CpuArchitecture: pipeline.architecture, OperatingSystemFamily: "LINUX" },
      // 20 GiB is what every task has; the API takes 21 and more.
      ...(pipeline.ephemeralStorageGiB > FARGATE_STORAGE_GIB
        ? { EphemeralStorage: { SizeInGiB: pipeline.ephemeralStorageGiB } }
        : {}),
      ExecutionRoleArn: arnOf(`${id}ExecutionRole`),
      TaskRoleArn: arnOf(`${id}TaskRole`),
      Volumes: [{ Name: "scratch" }, ...sharedVolume(pipeline)],
      ContainerDefinitions: [mainContainer(pipeline, options)],
      Tags: [
        { Key: "slipway:stage", Value: options.stage },
        { Key: "slipway:pipeline", Value: pipeline.name },
      ],
    },
  };
}

/**
 * On instances of ours a task shares the instance's address: in awsvpc mode it could have no public one, and without a NAT gateway
 * no way out. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
 */
function machineOf({ capacity }: Pipeline): object {
  return capacity.type === "ec2"
    ? { RequiresCompatibilities: ["EC2"], NetworkMode: "bridge" }
    : { RequiresCompatibilities: ["FARGATE"], NetworkMode: "awsvpc" };
}

function mainContainer(pipeline: Pipeline, options: PipelineOptions): object {
  const { volume, loadBalancer } = pipeline;
  const secrets = containerSecrets(pipeline, options.stage);
  return {
    Name: MAIN_CONTAINER,
    Image: taskImage(pipeline, options),
    Essential: true,
    User: TASK_USER,
    ReadonlyRootFilesystem: true,
    MountPoints: [
      { SourceVolume: "scratch", ContainerPath: SCRATCH_PATH, ReadOnly: false },
      ...(volume === undefined
        ? []
        : [
            {
              SourceVolume: VOLUME_NAME,
              ContainerPath: volume.path,
              ReadOnly: volume.access === "read-only",
            },
          ]),
    ],
    StopTimeout: LONGEST_STOP_TIMEOUT_SECONDS,
    Environment: environmentOf(pipeline, options.stage),
    ...(secrets.length === 0 ? {} : { Secrets: secrets }),
    ...(loadBalancer === undefined
      ? {}
      : { PortMappings: [{ ContainerPort: loadBalancer.port, Protocol: "tcp" }] }),
    LogConfiguration: {
      LogDriver: "awslogs",
      Options: {
        "awslogs-group": ref(`${logicalName(pipeline.name)}TaskLogs`),
        "awslogs-region": ref("AWS::Region"),
        "awslogs-stream-prefix": "task",
      },
    },
  };
}

/** Sorted by name, so that an order of writing is no new revision. */
function environmentOf(pipeline: Pipeline, stage: string): { Name: string; Value: string | Intrinsic }[] {
  const values: Record<string, string | Intrinsic> = {
    ...pipeline.environment,
    // Fargate says it by itself; the agent of an instance only lately. https://github.com/aws/amazon-ecs-agent/pull/4946
    ...(pipeline.capacity.type === "ec2" ? { AWS_REGION: ref("AWS::Region") } : {}),
    SLIPWAY_STAGE: stage,
    SLIPWAY_PIPELINE: pipeline.name,
    SLIPWAY_JOBS_TABLE: ref("JobsTable"),
    SLIPWAY_UPLOADS_BUCKET: ref("UploadsBucket"),
    SLIPWAY_RESULTS_BUCKET: ref("ResultsBucket"),
    SLIPWAY_TASK_EVENTS_QUEUE_URL: ref("TaskEventsQueue"),
    ...(pipeline.task === "inventory" ? { SLIPWAY_INTAKE_QUEUE_URL: ref("IntakeQueue") } : {}),
    ...workerEnvironment(pipeline),
    SLIPWAY_JOB_TIMEOUT_SECONDS: String(pipeline.timeout.jobSeconds),
    SLIPWAY_EPHEMERAL_STORAGE_GIB: String(pipeline.ephemeralStorageGiB),
    SLIPWAY_MAX_HOPS: String(pipeline.maxHops),
    ...(pipeline.volume === undefined ? {} : { SLIPWAY_VOLUME_PATH: pipeline.volume.path }),
  };
  return Object.entries(values)
    .map(([Name, Value]) => ({ Name, Value }))
    .toSorted((one, other) => (one.Name < other.Name ? -1 : 1));
}
