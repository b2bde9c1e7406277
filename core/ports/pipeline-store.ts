import type { Watch } from "../notices/silence.ts";
import type { KnownPipelines } from "../pipelines/removed-pipelines.ts";
import type { Uploads } from "../pipelines/pipeline.ts";
import type { UploadsState } from "../pipelines/where-uploads-lie.ts";
import type { Experience } from "../planning/experience.ts";
import type { LaunchHolds } from "../planning/launch-holds.ts";
import type { SaveResult } from "./job-store.ts";

/** What is remembered of a pipeline between invocations. */
export interface PipelineState {
  readonly pipeline: string;
  /** ISO 8601: objects older than this are not work, unless the pipeline says backfill. */
  readonly since: string;
  readonly paused: boolean;
  /** Where the uploads lie that `since` is meant for; absent where it was not written down yet. */
  readonly uploads?: Uploads;
  /** Where they lay before deploys changed that; each kept until nothing can be missing there any more. */
  readonly earlier?: readonly EarlierUploads[];
  /** The deploy that introduces it has not come to its end: the next one's beginning counts instead. */
  readonly pending?: true;
  /** ISO 8601: what the bucket had by then had a job, or was sent to intake by the inventory. */
  readonly lookedUntil?: string;
  /** What its runs of one day came to, since it was last resumed; kept only for pipelines with a guard. */
  readonly tally?: DayTally;
  /** ISO 8601: when it launched last; kept only for pipelines that launch less than once a second. */
  readonly lastLaunchAt?: string;
}

/** Times are ISO 8601. */
export interface EarlierUploads extends Uploads {
  readonly since: string;
  /** What came later is none of it. */
  readonly until: string;
  readonly lookedUntil?: string;
}

export interface DayTally {
  /** e.g. 2026-11-22, UTC. */
  readonly day: string;
  /** Launched. */
  readonly runs: number;
  /** Of those that ended. */
  readonly usd: number;
}

/** Where a tick of sweep stopped for want of time, and the next goes on; "" where it had seen everything. */
export interface SweepPosition {
  /** The run that was looked at last. */
  readonly flights: string;
  /** ECS' token of the page of tasks that comes next. */
  readonly tasks: string;
  /** The notice that was looked at last. */
  readonly notices: string;
}

export interface PipelineStore {
  readPipeline(pipeline: string): Promise<PipelineState | undefined>;
  /** Of these, in one call, those that have been introduced, by name. */
  readPipelines(pipelines: readonly string[]): Promise<ReadonlyMap<string, PipelineState>>;
  /** Writes the state of a pipeline seen for the first time; an existing one stays as it is, unless both are pending: then it is the newer. */
  introducePipeline(state: PipelineState): Promise<void>;
  /** Writes these members instead of `before`'s; the others stay. @returns false where another has done so meanwhile */
  moveUploads(before: PipelineState, after: UploadsState): Promise<boolean>;
  /** Who resumes it gives it a new day: the tally goes. */
  setPaused(pipeline: string, paused: boolean): Promise<void>;
  /** The inventory has looked through everything that there was by then. A pipeline that nobody has introduced remembers nothing. */
  noteLooked(pipeline: string, until: string): Promise<void>;
  /** Adds to the tally of this day; that of an earlier day is forgotten, and what comes late for one is not counted. A pipeline that nobody has introduced has none. */
  addToTally(pipeline: string, more: DayTally): Promise<void>;
  /** It launches a run now. A pipeline that nobody has introduced remembers nothing. */
  noteLaunch(pipeline: string, at: string): Promise<void>;
  /** What its runs have taught; undefined where nothing yet. Need not be consistent. */
  readExperience(pipeline: string): Promise<Experience | undefined>;
  /** Replaces the experience whose revision is `experience.revision - 1`; one that lost to another writer is dropped. */
  saveExperience(experience: Experience): Promise<void>;
  /** What sweep waits for, by pipeline; those of which it never had to are left out. Need not be consistent. */
  readWatches(pipelines: readonly string[]): Promise<ReadonlyMap<string, Watch>>;
  /** Replaces the pipeline's watch, whatever it was: only sweep writes it. */
  saveWatch(watch: Watch): Promise<void>;
  /** Where sweep stopped; need not be consistent, for what is looked at twice is only seen twice. */
  readSweepPosition(): Promise<SweepPosition>;
  /** Replaces it, whatever it was: only sweep writes it. */
  saveSweepPosition(position: SweepPosition): Promise<void>;
  /** The pipelines that a deploy or a tick of sweep has known; none before the first. Need not be consistent. */
  readKnownPipelines(): Promise<KnownPipelines>;
  /** Writes these over what is known of them; what is known of others stays. */
  noteKnownPipelines(news: KnownPipelines): Promise<void>;
  /** Where launches found no room, for all pipelines; consistent. undefined where that never happened. */
  readHolds(): Promise<LaunchHolds | undefined>;
  /** Replaces the holds whose revision is `holds.revision - 1`. */
  saveHolds(holds: LaunchHolds): Promise<SaveResult<LaunchHolds>>;
}
