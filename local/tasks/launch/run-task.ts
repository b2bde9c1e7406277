import { createHash } from "node:crypto";
import { AwsError } from "../../gateway/aws-error.ts";
import type { Authorize, Ecs } from "../ecs.ts";
import { lastPart, taskArn } from "../model/arns.ts";
import type { TaskDefinition } from "../model/definition.ts";
import { clientError, invalid, type Tag } from "../model/shapes.ts";
import type { TaskRecord } from "../model/task.ts";
import type { Cluster } from "../state/cluster-store.ts";
import type { LaunchRecord } from "../state/task-store.ts";
import { newTask } from "./new-task.ts";
import { placeTasks, type Place } from "./placement.ts";
import { readRunTask, type RunTaskInput } from "./run-task-input.ts";
import { fargateSize } from "./task-size.ts";

export interface LaunchFailure {
  readonly arn?: string;
  readonly reason: string;
  readonly detail?: string;
}

export interface LaunchResult {
  readonly tasks: readonly TaskRecord[];
  readonly failures: readonly unknown[];
}

/** https://repost.aws/knowledge-center/ecs-fargate-vcpu-limit */
const quotaReason = "You've reached the limit on the number of vCPUs you can run concurrently";
/** https://repost.aws/knowledge-center/ecs-fargate-runtask-capacity */
const capacityReason =
  "Capacity is unavailable at this time. Please try again later or in a different availability zone";

/**
 * RunTask on Fargate. What cannot be launched for now comes back in `failures`, with HTTP 200.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 * @param managed tags that ECS itself gives to a task of a service
 * @throws AwsError as the page lists them
 */
export function runTask(
  ecs: Ecs,
  input: Record<string, unknown>,
  authorize: Authorize,
  managed: readonly Tag[] = [],
): LaunchResult {
  const request = readRunTask(input);
  const cluster = ecs.clusters.find(request.cluster);
  const definition = launchable(ecs, request.taskDefinition);
  const clusterArn = ecs.clusters.arnOf(request.cluster);
  authorize("ecs:RunTask", definition.taskDefinitionArn, { "ecs:cluster": clusterArn });
  for (const role of rolesOf(definition, request)) {
    authorize("iam:PassRole", role, { "iam:PassedToService": "ecs-tasks.amazonaws.com" });
  }
  if (request.tags.length > 0) {
    authorize("ecs:TagResource", taskArn(ecs.context, lastPart(clusterArn), "*"), {
      "ecs:CreateAction": "RunTask",
    });
  }
  if (cluster?.status !== "ACTIVE") throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  const parametersHash = hashOf({ ...input, clientToken: undefined, cluster: clusterArn });
  const earlier =
    request.clientToken === undefined ? undefined : ecs.tasks.launchOf(clusterArn, request.clientToken);
  if (earlier !== undefined) return repeated(ecs, earlier, parametersHash);
  const places = checkLaunch(ecs, request, definition, cluster);
  return launch(ecs, { request, definition, cluster, places, parametersHash, managed });
}

interface Launch {
  readonly request: RunTaskInput;
  readonly definition: TaskDefinition;
  readonly cluster: Cluster;
  readonly places: readonly Place[];
  readonly parametersHash: string;
  readonly managed: readonly Tag[];
}

function launch(
  ecs: Ecs,
  { request, definition, cluster, places, parametersHash, managed }: Launch,
): LaunchResult {
  const subnets = request.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const tags = [...tagsOf(ecs, request, definition, cluster), ...managed];
  const vcpus =
    Number(
      fargateSize(request.overrides.cpu ?? definition.cpu, request.overrides.memory ?? definition.memory).cpu,
    ) / 1024;
  const inUse = { onDemand: ecs.tasks.vcpusInUse(false), spot: ecs.tasks.vcpusInUse(true) };
  const tasks: TaskRecord[] = [];
  const failures: LaunchFailure[] = [];
  for (const place of places) {
    const kind = place.spot ? "spot" : "onDemand";
    const failure = launchFailure(ecs, place, inUse[kind] + vcpus > ecs.settings.quotaVcpu[kind]);
    if (failure !== undefined) {
      failures.push(failure);
      continue;
    }
    inUse[kind] += vcpus;
    const subnetId = subnets[Math.floor(Math.random() * subnets.length)] ?? "";
    tasks.push(newTask(ecs.context, { cluster, definition, request, place, subnetId, tags }));
  }
  const { clientToken } = request;
  const launched: LaunchRecord | undefined =
    clientToken === undefined
      ? undefined
      : {
          clusterArn: cluster.clusterArn,
          clientToken,
          parametersHash,
          taskArns: tasks.map((task) => task.taskArn),
          failures,
          createdAt: ecs.context.clock.now(),
        };
  ecs.tasks.addLaunch(tasks, launched);
  for (const task of tasks) {
    ecs.changes.tell(task);
    ecs.lifecycle.begin(task);
  }
  return { tasks, failures };
}

function launchFailure(ecs: Ecs, place: Place, aboveQuota: boolean): LaunchFailure | undefined {
  const fault = ecs.faults.strike("failures");
  if (fault !== undefined) return { reason: fault.reason };
  const provider = place.spot ? "FARGATE_SPOT" : "FARGATE";
  const noCapacity = ecs.faults.strike(
    "noCapacity",
    ({ capacityProvider }) => (capacityProvider ?? provider) === provider,
  );
  if (noCapacity !== undefined) return { reason: capacityReason };
  return aboveQuota ? { reason: quotaReason } : undefined;
}

/** The same token answers the tasks that it started, as they are now. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html */
function repeated(ecs: Ecs, earlier: LaunchRecord, parametersHash: string): LaunchResult {
  if (earlier.parametersHash !== parametersHash) {
    throw new AwsError(
      "ConflictException",
      "The client token was already used by a request with different parameters.",
      400,
      { resourceIds: earlier.taskArns },
    );
  }
  const tasks = earlier.taskArns.flatMap((arn) => ecs.tasks.find(earlier.clusterArn, arn) ?? []);
  return { tasks, failures: earlier.failures };
}

/** @throws AwsError ClientException, InvalidParameterException */
function launchable(ecs: Ecs, reference: string): TaskDefinition {
  const definition = ecs.definitions.find(reference);
  if (definition === undefined) throw clientError("TaskDefinition not found.");
  if (definition.status !== "ACTIVE") throw invalid("TaskDefinition is inactive");
  return definition;
}

/** What must be right with the account's things before anything is launched, and the launch rates. */
function checkLaunch(ecs: Ecs, request: RunTaskInput, definition: TaskDefinition, cluster: Cluster): Place[] {
  const places = placeTasks(request, cluster);
  if (!(definition.requiresCompatibilities ?? definition.compatibilities).includes("FARGATE")) {
    throw invalid("Task definition does not support launch_type FARGATE.");
  }
  if (request.networkConfiguration?.awsvpcConfiguration === undefined) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (!["LATEST", "1.4.0", "1.3.0"].includes(request.platformVersion)) {
    throw new AwsError("PlatformUnknownException", "The specified platform does not exist.");
  }
  for (const { name } of request.overrides.containerOverrides ?? []) {
    if (definition.containerDefinitions.every((container) => container.name !== name)) {
      throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
  }
  for (const role of rolesOf(definition, request)) checkTrust(ecs, role, cluster);
  fargateSize(request.overrides.cpu ?? definition.cpu, request.overrides.memory ?? definition.memory);
  const spot = places.filter((place) => place.spot).length;
  if (spot > 0) ecs.throttle.take("launchSpot", spot);
  if (spot < places.length) ecs.throttle.take("launchOnDemand", places.length - spot);
  return places;
}

/** Tasks get their role from ECS, which names itself and the task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
function checkTrust(ecs: Ecs, role: string, cluster: Cluster): void {
  const conditions = { "aws:SourceArn": taskArn(ecs.context, cluster.clusterName, "*") };
  const isTrusted = ecs.context.identity.isTrustedBy(role, "ecs-tasks.amazonaws.com", conditions);
  if (isTrusted === undefined) throw clientError("Role is not valid");
  if (isTrusted) return;
  throw clientError(
    `ECS was unable to assume the role '${role}' that was provided for this task. Please verify that the role being passed ` +
      "has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.",
  );
}

function rolesOf(definition: TaskDefinition, { overrides }: RunTaskInput): string[] {
  const roles = [
    overrides.executionRoleArn ?? definition.executionRoleArn,
    overrides.taskRoleArn ?? definition.taskRoleArn,
  ];
  return [...new Set(roles.filter((role) => role !== undefined))];
}

/** The call's own tags win over those of the task definition. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html */
function tagsOf(
  ecs: Ecs,
  request: RunTaskInput,
  definition: TaskDefinition,
  cluster: Cluster,
): readonly Tag[] {
  const propagated =
    request.propagateTags === "TASK_DEFINITION" ? ecs.definitions.tags(definition.taskDefinitionArn) : [];
  const managed = request.enableECSManagedTags
    ? [{ key: "aws:ecs:clusterName", value: cluster.clusterName }]
    : [];
  const byKey = new Map([...propagated, ...request.tags, ...managed].map((tag) => [tag.key, tag]));
  return [...byKey.values()];
}

/** Equal for equal parameters, in whatever order a client writes them. */
function hashOf(parameters: unknown): string {
  const sorted = JSON.stringify(parameters, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(sorted).digest("hex");
}
