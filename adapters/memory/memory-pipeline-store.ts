import type { Watch } from "#core/notices/silence.ts";
import type { KnownPipelines } from "#core/pipelines/removed-pipelines.ts";
import type { Experience } from "#core/planning/experience.ts";
import type { LaunchHolds } from "#core/planning/launch-holds.ts";
import type { SaveResult } from "#core/ports/job-store.ts";
import type { UploadsState } from "#core/pipelines/where-uploads-lie.ts";
import type { DayTally, PipelineState, PipelineStore, SweepPosition } from "#core/ports/pipeline-store.ts";
import { MemoryTable } from "./memory-table.ts";

const HOLDS = "holds";

export class MemoryPipelineStore implements PipelineStore {
  readonly #states = new Map<string, PipelineState>();
  readonly #experiences = new MemoryTable<Experience>();
  readonly #watches = new Map<string, Watch>();
  readonly #holds = new MemoryTable<LaunchHolds>();
  #knownPipelines: KnownPipelines = {};
  #sweepPosition: SweepPosition = { flights: "", tasks: "", notices: "" };

  async readPipeline(pipeline: string): Promise<PipelineState | undefined> {
    return this.#states.get(pipeline);
  }

  async readPipelines(pipelines: readonly string[]): Promise<ReadonlyMap<string, PipelineState>> {
    return new Map([...this.#states].filter(([pipeline]) => pipelines.includes(pipeline)));
  }

  async introducePipeline(state: PipelineState): Promise<void> {
    const standing = this.#states.get(state.pipeline);
    if (standing === undefined) this.#states.set(state.pipeline, { ...state });
    else if (standing.pending === true && state.pending === true)
      this.#states.set(state.pipeline, { ...standing, ...state, paused: standing.paused });
  }

  async moveUploads(before: PipelineState, after: UploadsState): Promise<boolean> {
    const state = this.#states.get(before.pipeline);
    if (state?.since !== before.since || state.uploads?.prefix !== before.uploads?.prefix) return false;
    const { since: _, uploads: __, earlier: ___, lookedUntil: ____, pending: _____, ...rest } = state;
    this.#states.set(before.pipeline, { ...rest, ...after });
    return true;
  }

  async setPaused(pipeline: string, paused: boolean): Promise<void> {
    const state = this.#states.get(pipeline);
    if (state === undefined) throw new Error(`Pipeline "${pipeline}" has not been introduced.`);
    const { tally, ...rest } = state;
    this.#states.set(pipeline, { ...rest, paused, ...(paused && tally !== undefined ? { tally } : {}) });
  }

  async noteLooked(pipeline: string, until: string): Promise<void> {
    const state = this.#states.get(pipeline);
    if (state !== undefined) this.#states.set(pipeline, { ...state, lookedUntil: until });
  }

  async addToTally(pipeline: string, more: DayTally): Promise<void> {
    const state = this.#states.get(pipeline);
    if (state === undefined || (state.tally !== undefined && state.tally.day > more.day)) return;
    const { runs, usd } = state.tally?.day === more.day ? state.tally : { runs: 0, usd: 0 };
    this.#states.set(pipeline, {
      ...state,
      tally: { day: more.day, runs: runs + more.runs, usd: usd + more.usd },
    });
  }

  async noteLaunch(pipeline: string, at: string): Promise<void> {
    const state = this.#states.get(pipeline);
    if (state !== undefined) this.#states.set(pipeline, { ...state, lastLaunchAt: at });
  }

  async readExperience(pipeline: string): Promise<Experience | undefined> {
    return this.#experiences.get(pipeline);
  }

  async saveExperience(experience: Experience): Promise<void> {
    this.#experiences.put(experience.pipeline, experience);
  }

  async readWatches(pipelines: readonly string[]): Promise<ReadonlyMap<string, Watch>> {
    return new Map([...this.#watches].filter(([pipeline]) => pipelines.includes(pipeline)));
  }

  async saveWatch(watch: Watch): Promise<void> {
    this.#watches.set(watch.pipeline, watch);
  }

  async readSweepPosition(): Promise<SweepPosition> {
    return this.#sweepPosition;
  }

  async saveSweepPosition(position: SweepPosition): Promise<void> {
    this.#sweepPosition = position;
  }

  async readKnownPipelines(): Promise<KnownPipelines> {
    return this.#knownPipelines;
  }

  async noteKnownPipelines(news: KnownPipelines): Promise<void> {
    this.#knownPipelines = { ...this.#knownPipelines, ...news };
  }

  async readHolds(): Promise<LaunchHolds | undefined> {
    return this.#holds.get(HOLDS);
  }

  async saveHolds(holds: LaunchHolds): Promise<SaveResult<LaunchHolds>> {
    return this.#holds.put(HOLDS, holds);
  }
}
