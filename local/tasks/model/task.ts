import type { EphemeralStorage, Override, Tag } from "./shapes.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html, in order. */
export const taskStatuses = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
  "STOPPED",
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html#ECS-Type-Task-stopCode */
export type StopCode =
  | "TaskFailedToStart"
  | "EssentialContainerExited"
  | "UserInitiated"
  | "ServiceSchedulerInitiated"
  | "SpotInterruption"
  | "InfrastructureHealth";

/** Which process it was, also after the number was given to another: see launcher/process-identity.ts. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

export interface TaskContainer {
  readonly containerArn: string;
  readonly name: string;
  readonly image: string;
  readonly cpu: number;
  /** MiB; hard and soft limit. */
  readonly memory?: number;
  readonly memoryReservation?: number;
  lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  runtimeId?: string;
  /** Absent: it never ran. */
  exitCode?: number;
  reason?: string;
  process?: ProcessIdentity;
}

export interface NetworkAttachment {
  readonly id: string;
  readonly subnetId: string;
  status: "PRECREATED" | "ATTACHED" | "DELETED";
  networkInterfaceId?: string;
  macAddress?: string;
  privateIpv4?: string;
}

/** One task as the local cloud remembers it. Times are milliseconds since 1970. */
export interface TaskRecord {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly group: string;
  readonly startedBy?: string;
  /** Present where a capacity provider strategy chose it. */
  readonly capacityProviderName?: "FARGATE" | "FARGATE_SPOT";
  readonly platformVersion: string;
  readonly architecture: "x86_64" | "arm64";
  readonly availabilityZone: string;
  readonly enableExecuteCommand: boolean;
  /** Task size as strings, in ECS' units: 1024 = one vCPU; MiB. */
  readonly cpu: string;
  readonly memory: string;
  readonly ephemeralStorage: EphemeralStorage;
  readonly overrides: Override;
  readonly createdAt: number;
  readonly attachment: NetworkAttachment;
  readonly containers: TaskContainer[];
  tags: readonly Tag[];
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  /** Rises by one with every change that is announced. */
  version: number;
  /** The version of the last event that the bus has taken. */
  toldVersion: number;
  updatedAt: number;
  connectivityAt?: number;
  pullStartedAt?: number;
  pullStoppedAt?: number;
  startedAt?: number;
  stoppingAt?: number;
  executionStoppedAt?: number;
  stoppedAt?: number;
  stopCode?: StopCode;
  stoppedReason?: string;
  /** Until when its service must not stop it; see services/task-protection.ts. */
  protectedUntil?: number;
}

export const isSpot = (task: TaskRecord): boolean => task.capacityProviderName === "FARGATE_SPOT";

export const isProtected = (task: TaskRecord, now: number): boolean => (task.protectedUntil ?? 0) > now;

/** Past the point where a process of it may exist. */
export function mayHaveRun(task: TaskRecord): boolean {
  return taskStatuses.indexOf(task.lastStatus) >= taskStatuses.indexOf("ACTIVATING");
}
