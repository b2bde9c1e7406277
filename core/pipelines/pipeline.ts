import type { FargateSize } from "./fargate-sizes.ts";
import type {
  BuildOption,
  CapacityWeights,
  InstancePolicy,
  LoadBalancerOption,
  NetworkName,
  SharedVolume,
  TaskPermission,
} from "./surroundings.ts";
import type { QueueSource, WorkerPolicy } from "./worker-policy.ts";

/** Makes a job of each object version that S3 accepts under `prefix`. */
export interface UploadSource {
  readonly type: "upload";
  /** Ends with a slash; no two upload pipelines share a beginning. */
  readonly prefix: string;
  /** Lower-case endings with their dot, e.g. ".jpg"; compared without regard to case. Absent means every key. */
  readonly suffixes?: readonly string[];
  /** Whether objects older than the pipeline's first deploy are processed too; off, they are only counted in the report. */
  readonly backfill?: boolean;
  /** What becomes of an object without bytes: a job like any other (process, the default), no job (skip), or a failed one (fail). */
  readonly emptyFiles?: "process" | "skip" | "fail";
}

/** Which objects are a pipeline's. */
export type Uploads = Pick<UploadSource, "prefix" | "suffixes" | "emptyFiles">;

/** Makes a job of each tick of an EventBridge rule. */
export interface ScheduleSource {
  readonly type: "schedule";
  /** An EventBridge expression, e.g. "rate(1 hour)". */
  readonly expression: string;
  /** IANA name of the zone that a cron expression is meant in; UTC where absent. */
  readonly timeZone?: string;
}

export type Source = UploadSource | ScheduleSource | QueueSource;

/** How many jobs one run carries. One job per run is the smallest pack. */
export interface PackPolicy {
  readonly maxJobs: number;
  readonly maxBytes: number;
  /** Expected seconds of a full pack, learned from earlier runs. */
  readonly maxSeconds: number;
  /** How long a job may wait for company, in seconds; 0 launches at once. */
  readonly windowSeconds: number;
}

export interface RetryPolicy {
  /** Attempts that count (Spot interruptions do not), at least 1. */
  readonly attempts: number;
  /** The first back-off in seconds; it doubles with each attempt, with full jitter. */
  readonly backoffSeconds: number;
  readonly maxBackoffSeconds: number;
}

export interface TimeoutPolicy {
  /** Wall time of one job inside its run, in seconds. */
  readonly jobSeconds: number;
  /** Wall time of a whole run, in seconds, counted from the launch. */
  readonly runSeconds: number;
  /** How long a task may take to leave PROVISIONING and PENDING, in seconds. */
  readonly startSeconds: number;
}

export interface CapacityPolicy {
  /**
   * spot-first: Fargate Spot with on-demand behind it; on-demand: never Spot; weighted: each run takes one of the two by
   * `weights`; ec2: instances of the pipeline's own.
   */
  readonly type: "spot-first" | "on-demand" | "weighted" | "ec2";
  readonly weights?: CapacityWeights;
  readonly instances?: InstancePolicy;
  /** Most tasks of this pipeline at once. */
  readonly maxTasks: number;
  /** Most launches of this pipeline a second, beside what the account may; below 1 it is one launch in so many seconds. */
  readonly launchesPerSecond?: number;
}

/** Pauses the pipeline by itself, until a person resumes it. Days are UTC's. */
export interface GuardPolicy {
  /** Runs that are launched in a day. */
  readonly runsPerDay?: number;
  /** What the runs cost that come to their end in a day, by the price list. */
  readonly usdPerDay?: number;
}

export type Priority = "high" | "normal" | "low";
export const PRIORITIES: readonly Priority[] = ["high", "normal", "low"];

/** One entry of pipelines.ts with every default filled in. */
export interface Pipeline {
  readonly name: string;
  readonly source: Source;
  /** Folder under tasks/; absent where the pipeline brings a ready image. */
  readonly task?: string;
  /** A ready image instead of a task's. */
  readonly image?: string;
  readonly build?: BuildOption;
  readonly size: FargateSize;
  /** How far a job climbs that runs out of memory; by default to the most memory that the size's CPU has. */
  readonly maxSize: FargateSize;
  readonly architecture: "ARM64" | "X86_64";
  /** GiB of disk of a task; Fargate gives 20 and at most 200. */
  readonly ephemeralStorageGiB: number;
  readonly priority: Priority;
  readonly pack: PackPolicy;
  readonly retry: RetryPolicy;
  readonly timeout: TimeoutPolicy;
  readonly capacity: CapacityPolicy;
  /** Where the source is a queue, and only there: the service that takes its messages. */
  readonly worker?: WorkerPolicy;
  /** Absent: nothing pauses it but a person. */
  readonly guard?: GuardPolicy;
  /** What a tick does while the job of an earlier tick has not ended. */
  readonly overlap: "skip" | "queue" | "allow";
  /**
   * What an upload does whose key has a newer version by now. process-all: every version is worked on. newest-only: an older
   * version's job that has not begun is superseded, one that has may end, and its result never takes a newer one's place.
   */
  readonly onOverwrite: "process-all" | "newest-only";
  /**
   * How many tasks may stand between an upload and an object that is still worked on: what lies beyond goes round in a circle and
   * fails. 0 refuses everything that a task wrote.
   */
  readonly maxHops: number;
  /** Environment of the task, beside Slipway's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables whose values ECS reads when a task starts, as secret-source.ts has it. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What the task may do beside its work on jobs. */
  readonly role: readonly TaskPermission[];
  readonly network: NetworkName;
  readonly volume?: SharedVolume;
  readonly loadBalancer?: LoadBalancerOption;
}

export type Pipelines = Readonly<Record<string, Pipeline>>;

/** Left free on a task's disk for whatever else it writes. */
export const DISK_HEADROOM_BYTES = 64 * 1024 * 1024;

/** The largest object that a task of the pipeline can ever download. */
export function largestObjectBytes({ ephemeralStorageGiB }: Pipeline): number {
  return ephemeralStorageGiB * 1024 ** 3 - DISK_HEADROOM_BYTES;
}

/** Whether an object of the pipeline is work at all: no folder marker, and no empty file where those are skipped. */
export function isWorkFor({ source }: Pipeline, object: { key: string; sizeBytes: number }): boolean {
  if (object.sizeBytes > 0) return true;
  return !object.key.endsWith("/") && !(source.type === "upload" && source.emptyFiles === "skip");
}

/** Where its uploads lie, as its state keeps it: "" for other sources, which no upload has as its prefix. */
export function uploadsOf({ source }: Pipeline): Uploads {
  if (source.type !== "upload") return { prefix: "" };
  const { prefix, suffixes, emptyFiles } = source;
  return {
    prefix,
    ...(suffixes === undefined ? {} : { suffixes }),
    ...(emptyFiles === undefined ? {} : { emptyFiles }),
  };
}

/** The upload pipeline that a key belongs to, if any; a folder marker or an unlisted suffix belongs to none. */
export function pipelineOfKey(pipelines: Pipelines, key: string): Pipeline | undefined {
  return Object.values(pipelines).find(({ source }) => source.type === "upload" && takesKey(source, key));
}

function takesKey(source: UploadSource, key: string): boolean {
  if (!key.startsWith(source.prefix)) return false;
  const lower = key.toLowerCase();
  return source.suffixes?.some((suffix) => lower.endsWith(suffix)) ?? true;
}
