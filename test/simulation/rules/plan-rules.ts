import type { AttemptOutcome, Job } from "#core/jobs/job.ts";
import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import type { VirtualTime } from "../engine/virtual-time.ts";
import type { History } from "../history.ts";

/** A slice of dispatch has this long, and so what it read may be that old. */
const SLICE_MS = 30_000;
/** What a guard could not count makes it a little late. */
const GUARD_MAY_MISS = 2;
const INTERRUPTIONS_ON_SPOT = 2;
/** Of a launch by a clock that was ahead and the next by one that was behind, and of calls that took long. */
const RATE_MAY_MISS_MS = 2 * 90_000 + 60_000;
/** What the death of a task may be taken for where a file brought it about. */
const BY_ITS_FILE: ReadonlySet<AttemptOutcome | undefined> = new Set([
  "application",
  "out-of-memory",
  "timeout",
  "unknown",
]);

/**
 * What may be planned: what people have said, what guards allow, ticks one after the other, nobody on Spot for ever, nobody beside a
 * file that kills its tasks.
 */
export class PlanRules {
  readonly #history: History;
  readonly #time: VirtualTime;
  readonly #pipelines: Pipelines;
  readonly #runOf: (runId: string) => Run | undefined;
  readonly #jobOf: (jobId: string) => Job | undefined;
  readonly #paused = new Map<string, number>();
  #cap: { readonly maxVcpu: number; readonly sinceMs: number };
  /** By pipeline: runs that have got a task since it was last resumed. */
  readonly #guarded = new Map<string, Set<string>>();
  /** By pipeline: when its last run was about to be launched. */
  readonly #launchedMs = new Map<string, number>();
  /** By job: the runs whose task it brought down. */
  readonly #killed = new Map<string, Set<string>>();

  constructor(options: {
    history: History;
    time: VirtualTime;
    pipelines: Pipelines;
    maxVcpu: number;
    runOf: (runId: string) => Run | undefined;
    jobOf: (jobId: string) => Job | undefined;
  }) {
    this.#history = options.history;
    this.#time = options.time;
    this.#pipelines = options.pipelines;
    this.#runOf = options.runOf;
    this.#jobOf = options.jobOf;
    this.#cap = { maxVcpu: options.maxVcpu, sinceMs: options.time.nowMs };
  }

  pausedAt(pipeline: string, atMs: number): void {
    this.#paused.set(pipeline, atMs);
  }

  resumed(pipeline: string): void {
    this.#paused.delete(pipeline);
    this.#guarded.delete(pipeline);
  }

  /** From now on the tasks of all pipelines may have so many vCPU; what is launched already stays. */
  capIs(maxVcpu: number): void {
    this.#cap = { maxVcpu, sinceMs: this.#time.nowMs };
  }

  /** The job's file brings down the task of the run. */
  killsTask(jobId: string, runId: string): void {
    this.#killed.set(jobId, (this.#killed.get(jobId) ?? new Set()).add(runId));
  }

  /** A run is about to be launched, beside those in flight. */
  flightAdded(flight: Flight, flights: readonly Flight[]): void {
    this.#checkPeople(flight, flights);
    const pipeline = this.#pipelines[flight.pipeline];
    if (pipeline !== undefined) {
      this.#checkOverlap(pipeline, flight, flights);
      this.#checkOwnRate(pipeline, flight);
    }
    this.#checkSpot(flight.runId);
    this.#checkAlone(flight.runId);
  }

  /** RunTask is called. Only what may have a task already goes on against what people have said. */
  runTaskCalled(runId: string): void {
    const run = this.#runOf(runId);
    const pausedMs = this.#paused.get(run?.pipeline ?? "");
    if (run === undefined || pausedMs === undefined || this.#time.nowMs - pausedMs <= SLICE_MS) return;
    if (run.launches - 1 > (run.refusals ?? 0)) return;
    const what = `a launch of ${run.pipeline}, which is paused`;
    this.#history.violate({ rule: "people-are-heard", what, runId });
  }

  taskMade(runId: string): void {
    const run = this.#runOf(runId);
    const pipeline = this.#pipelines[run?.pipeline ?? ""];
    const allowed = pipeline?.guard?.runsPerDay;
    if (pipeline === undefined || allowed === undefined) return;
    // What ECS makes after its run was given up is in nobody's count, and is stopped.
    if (run?.state === "GIVEN_UP") return;
    const runs = (this.#guarded.get(pipeline.name) ?? new Set()).add(runId);
    this.#guarded.set(pipeline.name, runs);
    if (runs.size <= allowed + GUARD_MAY_MISS) return;
    const what = `${runs.size} runs of ${pipeline.name}, and its guard allows ${allowed} a day`;
    this.#history.violate({ rule: "guards-hold", what, runId });
  }

  /** What people have said counts for every run that is planned after the slice that was under way. */
  #checkPeople({ runId, pipeline, vcpu: own }: Flight, flights: readonly Flight[]): void {
    const isOld = (sinceMs: number): boolean => this.#time.nowMs - sinceMs > SLICE_MS;
    const paused = this.#paused.get(pipeline);
    if (paused !== undefined && isOld(paused)) {
      const what = `a run of ${pipeline}, which is paused`;
      this.#history.violate({ rule: "people-are-heard", what, runId });
    }
    const vcpu = flights.reduce((sum, each) => sum + each.vcpu, own);
    if (isOld(this.#cap.sinceMs) && vcpu > this.#cap.maxVcpu) {
      const what = `${vcpu} vCPU planned, and people have lowered the cap to ${this.#cap.maxVcpu}`;
      this.#history.violate({ rule: "people-are-heard", what, runId });
    }
  }

  #checkOverlap({ name, source, overlap }: Pipeline, { runId }: Flight, flights: readonly Flight[]): void {
    if (source.type !== "schedule" || overlap === "allow") return;
    const other = flights.find((flight) => flight.pipeline === name && flight.runId !== runId);
    if (other === undefined) return;
    const what = `${name} begins while run ${other.runId} of it goes on`;
    this.#history.violate({ rule: "ticks-do-not-overlap", what, runId });
  }

  /** Only rates so slow that no clock can hide that they are not kept. */
  #checkOwnRate({ name, capacity }: Pipeline, { runId }: Flight): void {
    const { nowMs } = this.#time;
    const leastMs = 1000 / (capacity.launchesPerSecond ?? Number.POSITIVE_INFINITY) - RATE_MAY_MISS_MS;
    const sinceMs = nowMs - (this.#launchedMs.get(name) ?? Number.NEGATIVE_INFINITY);
    this.#launchedMs.set(name, nowMs);
    if (sinceMs >= leastMs) return;
    const what = `${Math.round(sinceMs / 1000)} s after the last, and the rate is ${capacity.launchesPerSecond} a second`;
    this.#history.violate({ rule: "own-rate-is-kept", what, runId });
  }

  #checkSpot(runId: string): void {
    const run = this.#runOf(runId);
    if (run?.spot !== true) return;
    const isTired = ({ attempts = [] }: Partial<Job>): boolean =>
      attempts.filter(({ outcome }) => outcome === "spot-interruption").length >= INTERRUPTIONS_ON_SPOT;
    const tired = run.manifest.find(({ jobId }) => isTired(this.#jobOf(jobId) ?? {}));
    if (tired === undefined) return;
    const what = "on Spot again after two interruptions";
    this.#history.violate({ rule: "twice-interrupted-goes-on-demand", what, jobId: tired.jobId, runId });
  }

  /** Only a death that was seen as one teaches anything: not one that hid behind an interruption or a lost stop event. */
  #checkAlone(runId: string): void {
    const { manifest = [] } = this.#runOf(runId) ?? {};
    if (manifest.length <= 1) return;
    for (const { jobId } of manifest) {
      const before = this.#jobOf(jobId)?.attempts.findLast((attempt) => attempt.runId !== runId);
      if (before?.startedAt === undefined || !BY_ITS_FILE.has(before.outcome)) continue;
      if (this.#killed.get(jobId)?.has(before.runId) !== true) continue;
      const what = `beside ${manifest.length - 1} others, although it brought down run ${before.runId}`;
      this.#history.violate({ rule: "killers-go-alone", what, jobId, runId });
    }
  }
}
