import { MemoryMailPermits } from "#adapters/memory/memory-mail-permits.ts";
import { MemoryNoticeStore } from "#adapters/memory/memory-notice-store.ts";
import { MemoryPipelineStore } from "#adapters/memory/memory-pipeline-store.ts";
import { isTerminal, type Job, lastAttempt } from "#core/jobs/job.ts";
import type { Log } from "#core/ports/log.ts";
import { type Run, runIdOf, type RunTaskRequest } from "#core/runs/run.ts";
import { isOver as isRunOver } from "#core/runs/transitions.ts";
import type { Actor } from "../aws/actor.ts";
import { EventBus } from "../aws/event-bus.ts";
import { Lambda, type Laws } from "../aws/lambda.ts";
import { ObjectStore } from "../aws/object-store.ts";
import { type FaultKind, Faults } from "../engine/faults.ts";
import { type Random, seededRandom } from "../engine/random.ts";
import { VirtualTime } from "../engine/virtual-time.ts";
import { History } from "../history.ts";
import { checkClaim } from "../rules/claim-rules.ts";
import { checkJobWrite } from "../rules/job-rules.ts";
import { checkCurrent } from "../rules/overwrite-rules.ts";
import { LaunchRules } from "../rules/launch-rules.ts";
import { PlanRules } from "../rules/plan-rules.ts";
import { checkInterruptions, checkTries } from "../rules/retry-rules.ts";
import { NoticeRules } from "../rules/notice-rules.ts";
import { WorkRules } from "../rules/work-rules.ts";
import type { Nature } from "./nature.ts";
import { simulatedStage, type Stage, stageWithoutScans } from "./pipelines.ts";
import type { Ports } from "./ports.ts";
import type { Accepted } from "./workload.ts";
import { RecordedJobStore, RecordedLineStore, RecordedRunStore } from "./recorded-stores.ts";

const START_MS = Date.parse("2026-11-02T09:00:00Z");
const MAX_STALE_MS = 60_000;
/** In how many worlds somebody copies a folder, and of how many files for each other upload. */
const FOLDER_OF_SCANS = 0.65;
const SCANS_AN_UPLOAD = [2, 4] as const;

/** A planted bug: what stands between the use cases and the world, as it would if somebody had got it wrong. */
export interface Sabotage {
  /** Over the boundary, so that each call that it makes can fail by itself. */
  ports?(ports: Ports, actor: Actor, world: World): Ports;
  intakeBody?(body: string, world: World): string;
  taskEventBody?(body: string, world: World): string;
  readonly withoutSweep?: boolean;
  readonly withoutInventory?: boolean;
  /** Dispatch's queue does not wait for the slice that is under way. */
  readonly dispatchers?: number;
  readonly launchesPerSecond?: number;
  /** A cap that nothing lowers. */
  readonly maxVcpu?: number;
  readonly maxTasks?: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly kinds: ReadonlySet<FaultKind>;
  readonly sabotage?: Sabotage;
  readonly stage?: Stage;
  /** What every object is like; drawn for each where absent. */
  readonly nature?: Nature;
  /** Nobody copies a folder of scans, whatever the seed says. */
  readonly withoutScans?: boolean;
  /** A benchmark has no use for stories, and no room for them. */
  readonly withoutStories?: boolean;
}

/** The tables, the buckets, the laws of nature, and whoever watches that the rules hold. */
export class World {
  readonly startMs = START_MS;
  readonly time = new VirtualTime(START_MS);
  readonly random: Random;
  readonly faults: Faults;
  readonly laws: Laws;
  readonly history: History;
  readonly lambda: Lambda;
  readonly bus: EventBus;
  readonly objects: ObjectStore;
  readonly jobs: RecordedJobStore;
  readonly runs: RecordedRunStore;
  readonly pipelineStore = new MemoryPipelineStore();
  readonly lines: RecordedLineStore;
  /** What S3 took, in its order. */
  readonly accepted: Accepted[] = [];
  readonly notices = new MemoryNoticeStore();
  readonly mailPermits = new MemoryMailPermits();
  readonly workRules: WorkRules;
  readonly launchRules: LaunchRules;
  readonly planRules: PlanRules;
  readonly noticeRules: NoticeRules;
  readonly sabotage: Sabotage;
  readonly stage: Stage;
  readonly nature: Nature | undefined;
  /** How many scans are copied at once for each other upload; 0 in a world without. */
  readonly scansAnUpload: number;
  /** By object key. */
  readonly natures = new Map<string, Nature>();
  /** Runs whose task was ended by a fault, and not by its jobs or by us. */
  readonly befallen = new Set<string>();
  /** Runs whose task AWS took away for Spot. */
  readonly interrupted = new Set<string>();
  /** Messages that nobody can read, and those that were set aside. */
  readonly garbage: string[] = [];
  readonly quarantined: string[] = [];
  /** Jobs that a person has asked to retry; each time counts once. */
  readonly retriesByPeople = new Set<string>();
  /** Slipway's own cap now: people lower it, and raise it again. */
  maxVcpu: number;
  /** For some minutes RunTask gives no answer to anybody. */
  isEcsAway = false;
  /** Calls that it took all the same, and will act on when it is back. */
  readonly heardByEcs: RunTaskRequest[] = [];
  /** Rises with each deploy. */
  revision = 1;
  /** What the functions know of it. */
  knownRevision = 1;
  readonly #taskDefinitions = new Map<number, Readonly<Record<string, string>>>();

  constructor(options: WorldOptions) {
    const { time } = this;
    this.random = seededRandom(`seed ${options.seed}`);
    this.faults = new Faults(this.random.fork("faults"), options.kinds);
    this.laws = { time, faults: this.faults, random: this.random.fork("laws") };
    this.scansAnUpload = options.withoutScans === true ? 0 : drawScans(this.random.fork("folder"));
    this.stage = options.stage ?? (this.scansAnUpload > 0 ? simulatedStage : stageWithoutScans);
    this.maxVcpu = this.stage.maxVcpu;
    this.nature = options.nature;
    this.history = new History(time, options.withoutStories === true);
    this.lambda = new Lambda(this.laws);
    this.bus = new EventBus(this.laws);
    this.objects = new ObjectStore(time);
    this.sabotage = options.sabotage ?? {};
    const { history } = this;
    this.jobs = new RecordedJobStore({
      clock: time,
      indexLagMs: () => this.#indexLagMs(),
      onWrite: (before, after) => this.#jobWritten(before, after),
    });
    this.runs = new RecordedRunStore({
      onWrite: (before, after) => this.#runWritten(before, after),
      onFlight: (flight, flights) => this.planRules.flightAdded(flight, flights),
    });
    this.lines = new RecordedLineStore({
      onCurrent: (line, before) => checkCurrent(line, before, this.accepted, history),
    });
    this.workRules = new WorkRules({ history });
    this.noticeRules = new NoticeRules({ history, time });
    this.launchRules = new LaunchRules({
      history,
      time,
      pipelines: this.stage.pipelines,
      maxVcpu: this.stage.maxVcpu,
      maxTasks: this.stage.maxTasks,
      // A full bucket and what flows in meanwhile, and a call that was a little slower than the next.
      callsASecond: Math.min(20, 2 * (this.stage.launchesPerSecond ?? 20)),
      runOf: (runId) => this.runs.standing(runId),
    });
    this.planRules = new PlanRules({
      history,
      time,
      pipelines: this.stage.pipelines,
      maxVcpu: this.stage.maxVcpu,
      runOf: (runId) => this.runs.standing(runId),
      jobOf: (jobId) => this.jobs.standing(jobId),
    });
  }

  /** Whatever the use cases say of themselves; nobody reads it unless a story is looked for. */
  readonly log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

  /** As the functions know them. */
  taskDefinitions(): Readonly<Record<string, string>> {
    const known = this.#taskDefinitions.get(this.knownRevision);
    if (known !== undefined) return known;
    const names = Object.keys(this.stage.pipelines);
    const made = Object.fromEntries(
      names.map((name) => [name, this.taskDefinitionOf(name, this.knownRevision)]),
    );
    this.#taskDefinitions.set(this.knownRevision, made);
    return made;
  }

  taskDefinitionOf(pipeline: string, revision = this.revision): string {
    return `arn:aws:ecs:us-east-1:000000000000:task-definition/simulation-${pipeline}:${revision}`;
  }

  #indexLagMs(): number {
    const { faults, random } = this.laws;
    return faults.strikes("index-stale") ? random.between(1000, MAX_STALE_MS) : random.between(0, 500);
  }

  #jobWritten(before: Job | undefined, after: Job): void {
    const { jobId } = after;
    const attempt = lastAttempt(after);
    this.history.note(() => ({
      actor: "table",
      what: `job ${before?.state ?? "(none)"} -> ${after.state}`,
      jobId,
      ...(attempt === undefined ? {} : { runId: attempt.runId }),
      detail: () =>
        JSON.stringify({
          attempts: after.attempts.map(({ outcome }) => outcome ?? "under way"),
          notBefore: after.notBefore,
          reported: after.reported?.reason,
          failure: after.failure?.reason,
        }),
    }));
    const isRetry = before !== undefined && isTerminal(before) && after.state === "RUNNABLE";
    if (isRetry) this.workRules.retried(jobId);
    if (isRetry && this.retriesByPeople.delete(jobId)) this.noticeRules.retriedByPerson(before);
    else checkJobWrite(before, after, this.history);
    checkClaim(before, after, {
      pipelines: this.stage.pipelines,
      history: this.history,
      nowMs: this.time.nowMs,
      isAnyClockWrong: this.faults.counts.has("clock-skew"),
      natureOf: ({ source }) =>
        (source.type === "upload" ? this.natures.get(source.key) : undefined) ?? "good",
    });
    checkInterruptions(before, after, (runId) => this.interrupted.has(runId), this.history);
    // Whom a person has taken it away from may work on; nothing that he does counts any more.
    if (!isTerminal(after) || (before !== undefined && isTerminal(before))) return;
    if (after.state === "SUCCEEDED") this.workRules.succeeded(jobId, after.attempts.length);
    if (after.state !== "FAILED") return;
    this.noticeRules.failed(after, !this.faults.raging);
    checkTries(after, this.stage.pipelines, this.history);
  }

  runTaskCalled(request: RunTaskRequest): void {
    this.launchRules.runTaskCalled(request);
    this.planRules.runTaskCalled(runIdOf(request.startedBy) ?? "");
  }

  #runWritten(before: Run | undefined, after: Run): void {
    this.history.note(() => ({
      actor: "table",
      what: `run ${before?.state ?? "(none)"} -> ${after.state}`,
      runId: after.runId,
      detail: () =>
        JSON.stringify({
          jobs: after.manifest.length,
          launches: after.launches,
          task: after.taskArn?.slice(-4),
          takenBy: after.takenBy?.slice(-4),
          lastStatus: after.lastStatus,
          error: after.lastLaunchError,
          verdict: after.verdict?.reason,
          told: after.told.length,
          toldAt: after.toldAt,
        }),
    }));
    this.#checkRunWrite(before, after);
    this.launchRules.runWritten(after);
    if (isRunOver(after) && (before === undefined || !isRunOver(before)))
      this.noticeRules.runEnded(after, !this.faults.raging);
  }

  #checkRunWrite(before: Run | undefined, after: Run): void {
    const { runId } = after;
    if (before === undefined) return;
    const order = ["PLANNED", "LAUNCHED", "TAKEN", "STOPPED", "GIVEN_UP"];
    if (
      isRunOver(before)
        ? after.state !== before.state
        : order.indexOf(after.state) < order.indexOf(before.state)
    ) {
      this.history.violate({
        rule: "state-moves-forward",
        what: `run ${before.state} -> ${after.state}`,
        runId,
      });
    }
    if (isSame(before, after))
      this.history.violate({
        rule: "duplicates-change-nothing",
        what: "a run was written anew as it was",
        runId,
      });
  }
}

function drawScans(random: Random): number {
  return random.chance(FOLDER_OF_SCANS) ? random.between(...SCANS_AN_UPLOAD) : 0;
}

/** Beside the revision; what a transition leaves alone it shares. */
function isSame(before: Run, after: Run): boolean {
  const hasAllOf = (one: Run, other: Run): boolean =>
    (Object.keys(one) as (keyof Run)[]).every((name) => name === "revision" || one[name] === other[name]);
  return hasAllOf(before, after) && hasAllOf(after, before);
}
