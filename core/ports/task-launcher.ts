import type { RunTaskRequest } from "../runs/run.ts";

/**
 * What one RunTask call came to. `failed` is HTTP 200 with failures[]; `conflict` carries the ARNs already bound to the client
 * token; `unknown` means that the call may or may not have worked (time-out, 5xx).
 */
export type LaunchResult =
  | { readonly type: "launched"; readonly taskArn: string; readonly lastStatus: string }
  | { readonly type: "failed"; readonly failures: readonly { reason: string; detail?: string }[] }
  | { readonly type: "conflict"; readonly taskArns: readonly string[] }
  | { readonly type: "refused"; readonly errorName: string; readonly message: string }
  | { readonly type: "unknown"; readonly errorName: string; readonly message: string };

/** A task as DescribeTasks and the state-change event both have it, reduced to what we use. */
export interface TaskSnapshot {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly lastStatus: string;
  readonly desiredStatus?: string;
  /** `detail.version`; absent in DescribeTasks of old API versions. */
  readonly version?: number;
  readonly startedBy?: string;
  readonly group?: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly capacityProviderName?: string;
  readonly cpu?: string;
  readonly memory?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly pullStartedAt?: string;
  readonly startedAt?: string;
  readonly stoppedAt?: string;
  readonly containers: readonly { name: string; exitCode?: number; reason?: string; lastStatus?: string }[];
}

/** Some of the cluster's tasks. */
export interface TaskPage {
  readonly taskArns: readonly string[];
  /** Names the page that comes next; absent on the last. */
  readonly next?: string;
}

/** Ends tasks. */
export interface TaskStopper {
  /** `reason` is what stoppedReason will say. A task that is gone is a success. */
  stop(taskArn: string, reason: string): Promise<void>;
}

/** Begins tasks. */
export interface TaskStarter {
  /** Never throws for what AWS answers; the answer is the result. */
  launch(request: RunTaskRequest): Promise<LaunchResult>;
}

export interface TaskLauncher extends TaskStarter, TaskStopper {
  /** Tasks of the cluster, of whatever origin, that nobody has told to stop; at most 100. `next` is that of the page before. */
  list(next?: string): Promise<TaskPage>;
  /** Tasks that ECS still knows; others are left out. At most 100. */
  describe(taskArns: readonly string[]): Promise<TaskSnapshot[]>;
}
