import type { RunTaskInput } from "../launch/run-task-input.ts";
import type { StrategyItem, Tag } from "../model/shapes.ts";
import type { TaskRecord } from "../model/task.ts";

/** What the tasks of one deployment are launched with; a change of any of it is a new deployment. */
export interface LaunchSettings {
  readonly taskDefinition: string;
  readonly launchType?: "FARGATE";
  readonly capacityProviderStrategy?: readonly StrategyItem[];
  readonly platformVersion: string;
  readonly networkConfiguration?: RunTaskInput["networkConfiguration"];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html; times are milliseconds since 1970. */
export interface Deployment {
  /** ecs-svc/…; what its tasks carry as startedBy. */
  readonly id: string;
  readonly launch: LaunchSettings;
  readonly createdAt: number;
  /** INACTIVE: none of its tasks is left; it is kept, undescribed, as long as it may be rolled back to. */
  status: "PRIMARY" | "ACTIVE" | "INACTIVE";
  updatedAt: number;
  rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  rolloutStateReason: string;
  /** Launches in a row that did not come to RUNNING: what the circuit breaker counts. */
  failedTasks: number;
  /** Launches in a row that failed, for the back-off; a task that runs ends them. */
  failuresInRow: number;
  /** No task is launched before. */
  retryAt: number;
  /** The start problem was told. */
  impaired: boolean;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export interface DeploymentConfiguration {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly deploymentCircuitBreaker: {
    readonly enable: boolean;
    readonly rollback: boolean;
    readonly resetOnHealthyTask: boolean;
  };
}

export interface ServiceMessage {
  readonly id: string;
  readonly createdAt: number;
  readonly message: string;
}

export interface ServiceRecord {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly clusterArn: string;
  readonly createdAt: number;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  /** When it became INACTIVE. */
  endedAt?: number;
  desiredCount: number;
  deploymentConfiguration: DeploymentConfiguration;
  enableECSManagedTags: boolean;
  enableExecuteCommand: boolean;
  propagateTags: "TASK_DEFINITION" | "SERVICE" | "NONE";
  tags: readonly Tag[];
  /** Newest first. The first is PRIMARY while the service lives, also after a rollback. */
  deployments: Deployment[];
  /** The deployment that a rollback leads back to. */
  lastCompletedId?: string;
  /** When the steady state was last told; absent while there is none. */
  steadySince?: number;
  /** Newest first, at most 100. */
  events: readonly ServiceMessage[];
  /** Members that have no effect on a laptop and are described as they were given, e.g. loadBalancers. */
  readonly recorded: Readonly<Record<string, unknown>>;
}

/** @throws Error where the service has no deployment, which none that was created is */
export function primaryOf(service: ServiceRecord): Deployment {
  const primary = service.deployments.find(({ status }) => status === "PRIMARY");
  if (primary === undefined) throw new Error(`${service.serviceArn} has no primary deployment`);
  return primary;
}

export const groupOf = (service: ServiceRecord): string => `service:${service.serviceName}`;

/** Wanted still, whatever state it is in. */
export const isWanted = (task: TaskRecord): boolean => task.desiredStatus === "RUNNING";

export const isRunning = (task: TaskRecord): boolean => isWanted(task) && task.lastStatus === "RUNNING";
