import type { Verdict } from "../classification/failure.ts";
import type { FargateSize } from "../pipelines/fargate-sizes.ts";

/**
 * PLANNED: written, RunTask not known to have worked. LAUNCHED: ECS gave a task ARN. TAKEN: the task has begun and holds
 * the run. STOPPED: the task is over. GIVEN_UP: never launched as far as we know; a task of it that starts later finds
 * this and leaves.
 */
export type RunState = "PLANNED" | "LAUNCHED" | "TAKEN" | "STOPPED" | "GIVEN_UP";

/** Exactly what is sent to RunTask, byte for byte the same at every try. Member names are the API's. */
export interface RunTaskRequest {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly count: 1;
  readonly clientToken: string;
  readonly startedBy: string;
  readonly capacityProviderStrategy: readonly { capacityProvider: string; weight: number; base?: number }[];
  /** Absent for a task that shares the address of its instance. */
  readonly networkConfiguration?: {
    awsvpcConfiguration: {
      subnets: string[];
      securityGroups: string[];
      assignPublicIp: "ENABLED" | "DISABLED";
    };
  };
  readonly overrides: {
    containerOverrides: { name: string; environment: { name: string; value: string }[] }[];
    cpu?: string;
    memory?: string;
  };
  readonly propagateTags: "TASK_DEFINITION";
}

export interface ManifestEntry {
  readonly jobId: string;
  /** The attempt that this run makes at the job, from 1. */
  readonly attempt: number;
}

/** One ECS task execution with 1..n jobs of one pipeline. Times are ISO 8601 in UTC. */
export interface Run {
  readonly runId: string;
  readonly pipeline: string;
  readonly state: RunState;
  readonly size: FargateSize;
  readonly spot: boolean;
  readonly manifest: readonly ManifestEntry[];
  readonly request: RunTaskRequest;
  readonly createdAt: string;
  /** What was known of the lack of room when it was planned: the revision of the launch holds; undefined where there were none. */
  readonly holdsRevision?: number;
  readonly launches: number;
  /** How many of the launches ECS refused outright; where those are all, no task can have come of them. */
  readonly refusals?: number;
  /** When RunTask was first called; the ten minutes in which it may be repeated count from here. */
  readonly firstLaunchAt?: string;
  /** When RunTask was last called: its task, if there is one, is no younger. */
  readonly lastLaunchAt?: string;
  /** The first answer that a deploy under way may explain: when it came, and to which launch. */
  readonly unsettled?: { readonly at: string; readonly launch: number };
  /** The next try at launching, after a throttle or a failure. */
  readonly nextLaunchAt?: string;
  readonly lastLaunchError?: string;
  readonly taskArn?: string;
  /** The task that took the run; only it may take the run's jobs. */
  readonly takenBy?: string;
  readonly startedAt?: string;
  readonly stoppedAt?: string;
  /** ECS' lastStatus and the `detail.version` it came with. */
  readonly lastStatus?: string;
  readonly taskVersion?: number;
  readonly stopRequestedFor?: "timeout" | "start-timeout" | "cancelled";
  readonly verdict?: Verdict;
  readonly exitCode?: number;
  readonly costUsd?: number;
  /** Jobs whose end was published. */
  readonly told: readonly string[];
  /** Set when every job of the manifest is settled and told; the flight is removed after. */
  readonly toldAt?: string;
  readonly revision: number;
}

/**
 * A run that is not yet over, as it stands under the few fixed keys that dispatch and sweep read consistently: just what
 * caps and repair need to know.
 */
export interface Flight {
  readonly runId: string;
  readonly pipeline: string;
  readonly vcpu: number;
  readonly jobs: number;
  readonly createdAt: string;
  /** ECS is known to have a task for it; until then dispatch sees to the launch. */
  readonly launched: boolean;
}

export const CLIENT_TOKEN_LENGTH = 64;
/** ECS' startedBy: at most 128 of letters, digits, hyphen, slash, underscore. */
export const STARTED_BY_PREFIX = "slipway/";

export function startedByOf(runId: string): string {
  return `${STARTED_BY_PREFIX}${runId}`;
}

/** The run that a task belongs to, from its `startedBy`; undefined for a task of somebody else. */
export function runIdOf(startedBy: string | undefined): string | undefined {
  return startedBy?.startsWith(STARTED_BY_PREFIX) === true
    ? startedBy.slice(STARTED_BY_PREFIX.length)
    : undefined;
}
