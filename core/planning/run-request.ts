import type { Job } from "../jobs/job.ts";
import type { FargateSize } from "../pipelines/fargate-sizes.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import type { NetworkName } from "../pipelines/surroundings.ts";
import { CLIENT_TOKEN_LENGTH, type RunTaskRequest, startedByOf } from "../runs/run.ts";
import { capacityStrategy, type OwnCapacity } from "./capacity.ts";
import { sameSize } from "./size-ladder.ts";
import { sha256 } from "../sha256.ts";

/** Subnets that tasks get their addresses from, in several zones. */
export interface TaskNetwork {
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  /** Whether a task has an address of its own on the internet, which it needs where the subnets have no NAT gateway. */
  readonly publicAddress: boolean;
}

/** Where a stage's tasks run. */
export interface LaunchSite extends OwnCapacity {
  readonly cluster: string;
  /** By name; those that a pipeline names are there. */
  readonly networks: Readonly<Partial<Record<NetworkName, TaskNetwork>>>;
  /** Task definition ARN, with revision, by pipeline. */
  readonly taskDefinitions: Readonly<Record<string, string>>;
}

/** The essential container that does the work; side-cars have other names. */
export const MAIN_CONTAINER = "main";

/** RunTask takes at most this much of overrides, JSON and all. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html */
export const MAX_OVERRIDES_CHARACTERS = 8192;

/**
 * The whole RunTask request of a run. It follows from the run alone, so that every repetition is the same byte for byte;
 * the client token follows from the run id.
 * @throws Error where the stage has no task definition, network or instances for the pipeline
 */
export function runTaskRequest(
  run: { runId: string; pipeline: Pipeline; jobs: readonly Job[]; size: FargateSize; spot: boolean },
  site: LaunchSite,
): RunTaskRequest {
  return {
    cluster: site.cluster,
    count: 1,
    clientToken: clientTokenOf(run.runId),
    startedBy: startedByOf(run.runId),
    ...siteOfRun(run, site),
    overrides: {
      containerOverrides: [{ name: MAIN_CONTAINER, environment: environmentOf(run) }],
      ...sizeOverride(run.pipeline, run.size),
    },
    propagateTags: "TASK_DEFINITION",
  };
}

/** What of a run's request comes from the stage, and changes with a deploy. */
export type SiteOfRun = Pick<
  RunTaskRequest,
  "taskDefinition" | "capacityProviderStrategy" | "networkConfiguration"
>;

/** @throws Error where the stage has no task definition, network or instances for the pipeline */
export function siteOfRun(run: { pipeline: Pipeline; spot: boolean }, site: LaunchSite): SiteOfRun {
  const { name } = run.pipeline;
  const taskDefinition = site.taskDefinitions[name];
  if (taskDefinition === undefined)
    throw new Error(`No task definition is deployed for pipeline "${name}"; deploy the stage again.`);
  return {
    taskDefinition,
    capacityProviderStrategy: capacityStrategy(run, site),
    ...networkConfiguration(run.pipeline, site),
  };
}

/** A task on an instance of ours goes out through the instance's own address, and ECS refuses a network of its own for it. */
function networkConfiguration(
  { name, network, capacity }: Pipeline,
  site: LaunchSite,
): Pick<RunTaskRequest, "networkConfiguration"> {
  if (capacity.type === "ec2") return {};
  const { subnets, securityGroup, publicAddress } = site.networks[network] ?? {};
  if (subnets === undefined || securityGroup === undefined)
    throw new Error(`No network "${network}" is deployed for pipeline "${name}"; deploy the stage again.`);
  return {
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...subnets],
        securityGroups: [securityGroup],
        assignPublicIp: publicAddress === true ? "ENABLED" : "DISABLED",
      },
    },
  };
}

/** The task definition has the pipeline's own size. */
function sizeOverride(pipeline: Pipeline, size: FargateSize): { cpu?: string; memory?: string } {
  if (sameSize(pipeline.size, size)) return {};
  return { cpu: String(size.cpu), memory: String(size.memoryMiB) };
}

export function clientTokenOf(runId: string): string {
  return sha256(runId).slice(0, CLIENT_TOKEN_LENGTH);
}

/** Where an attempt writes: under the job and the attempt, so that a ghost cannot overwrite the winner. */
export function resultsPrefix(jobId: string, attempt: number): string {
  return `jobs/${jobId}/${attempt}/`;
}

/** The run id, and for a pack of one object all that an image without our task runner needs. */
function environmentOf({
  runId,
  jobs,
}: {
  runId: string;
  jobs: readonly Job[];
}): { name: string; value: string }[] {
  const environment = [{ name: "SLIPWAY_RUN_ID", value: runId }];
  const [job] = jobs;
  if (job === undefined || jobs.length > 1 || job.source.type !== "upload") return environment;
  const all = [
    ...environment,
    { name: "SLIPWAY_JOB_ID", value: job.jobId },
    { name: "SLIPWAY_BUCKET", value: job.source.bucket },
    { name: "SLIPWAY_KEY", value: job.source.key },
    { name: "SLIPWAY_VERSION_ID", value: job.source.versionId },
    { name: "SLIPWAY_RESULTS_PREFIX", value: resultsPrefix(job.jobId, job.attempts.length + 1) },
  ];
  // A key of control characters is six times as long in JSON; our task runner reads the job from the table instead.
  return JSON.stringify(all).length < MAX_OVERRIDES_CHARACTERS - 200 ? all : environment;
}
