import type { Pipelines } from "#core/pipelines/pipeline.ts";
import { vcpuOf } from "#core/pipelines/fargate-sizes.ts";
import type { Run, RunTaskRequest } from "#core/runs/run.ts";
import { runIdOf } from "#core/runs/run.ts";
import { isSameRequest } from "../aws/ecs.ts";
import type { VirtualTime } from "../engine/virtual-time.ts";
import type { History } from "../history.ts";

/** Ten minutes by the caller's clock, of which each may be wrong by a minute and a half. */
const LAUNCH_AT_MOST_MS = (10 + 3 + 1) * 60_000;
/** And by clocks as wrong as that. */
const REPEAT_AT_LEAST_MS = (10 - 3 - 1) * 60_000;
/** Of launches that find no room: those under way when the first of them fails, and a few tries. */
const VAIN_WITHIN_MS = 10 * 60_000;
const MOST_VAIN = 30;

interface Launch {
  readonly request: RunTaskRequest;
  readonly firstMs: number;
}

interface LivingTask {
  readonly runId: string;
  readonly pipeline: string;
  readonly vcpu: number;
}

/** Rule 4: one run, one request; never above the caps; given up in time. */
export class LaunchRules {
  calls = 0;
  readonly #history: History;
  readonly #time: VirtualTime;
  readonly #pipelines: Pipelines;
  readonly #maxVcpu: number;
  readonly #maxTasks: number | undefined;
  readonly #runOf: (runId: string) => Run | undefined;
  readonly #launches = new Map<string, Launch>();
  readonly #living = new Map<string, LivingTask>();
  readonly #callsASecond: number;
  readonly #givenUp = new Set<string>();
  #recentCalls: number[] = [];
  readonly #vainMs = new Map<string, number[]>();

  constructor(options: {
    history: History;
    time: VirtualTime;
    pipelines: Pipelines;
    maxVcpu: number;
    maxTasks?: number | undefined;
    /** RunTask calls that may fall into one second. */
    callsASecond: number;
    runOf: (runId: string) => Run | undefined;
  }) {
    this.#history = options.history;
    this.#time = options.time;
    this.#pipelines = options.pipelines;
    this.#maxVcpu = options.maxVcpu;
    this.#maxTasks = options.maxTasks;
    this.#callsASecond = options.callsASecond;
    this.#runOf = options.runOf;
  }

  runTaskCalled(request: RunTaskRequest): void {
    this.calls += 1;
    const runId = runIdOf(request.startedBy) ?? "";
    this.#history.note(() => ({ actor: "RunTask", what: "called", runId }));
    this.#checkRate(runId);
    const run = this.#runOf(runId);
    if (run === undefined) {
      this.#history.violate({ rule: "run-is-written-first", what: "RunTask for a run not on record", runId });
    }
    const known = this.#launches.get(runId);
    if (known === undefined) {
      this.#launches.set(runId, { request, firstMs: this.#time.nowMs });
      return;
    }
    if (!isSameRequest(known.request, request)) {
      this.#history.violate({ rule: "same-bytes", what: "RunTask with other parameters", runId });
    }
    if (this.#time.nowMs - known.firstMs > LAUNCH_AT_MOST_MS) {
      this.#history.violate({ rule: "given-up-in-time", what: "RunTask after more than ten minutes", runId });
    }
  }

  taskMade(taskArn: string, request: RunTaskRequest): void {
    const runId = runIdOf(request.startedBy) ?? "";
    this.#history.note(() => ({ actor: taskArn.slice(-4), what: "task made", runId }));
    const made = this.#runOf(runId);
    const pipeline = this.#pipelines[made?.pipeline ?? ""];
    if (made === undefined || pipeline === undefined) return;
    this.#living.set(taskArn, { runId, pipeline: pipeline.name, vcpu: vcpuOf(made.size) });
    // A ghost of a run and the task of one that was given up leave as soon as they look: caps count runs.
    const runs = new Map(
      [...this.#living.values()]
        .filter((task) => this.#runOf(task.runId)?.state !== "GIVEN_UP")
        .map((task) => [task.runId, task]),
    );
    const ofPipeline = [...runs.values()].filter((task) => task.pipeline === pipeline.name).length;
    if (ofPipeline > pipeline.capacity.maxTasks) {
      const what = `${ofPipeline} tasks of ${pipeline.name}, cap ${pipeline.capacity.maxTasks}`;
      this.#history.violate({ rule: "under-the-caps", what, runId });
    }
    const vcpu = [...runs.values()].reduce((sum, task) => sum + task.vcpu, 0);
    if (runs.size > (this.#maxTasks ?? Number.POSITIVE_INFINITY)) {
      const what = `${runs.size} tasks, and the stage may have ${this.#maxTasks}`;
      this.#history.violate({ rule: "under-the-caps", what, runId });
    }
    if (vcpu > this.#maxVcpu) {
      const what = `${vcpu} vCPU in use, cap ${this.#maxVcpu}`;
      this.#history.violate({ rule: "under-the-caps", what, runId });
    }
  }

  /** What may have worked is sent again; a run that has a task is given up only where that has gone on for long. */
  runWritten({ runId, state, verdict }: Run): void {
    // Others have all its jobs.
    if (state !== "GIVEN_UP" || verdict?.reason.startsWith("Other runs hold") === true) return;
    const triedMs = this.#time.nowMs - (this.#launches.get(runId)?.firstMs ?? 0);
    const hasTask = [...this.#living.values()].some((task) => task.runId === runId);
    if (!hasTask || triedMs >= REPEAT_AT_LEAST_MS || this.#givenUp.has(runId)) return;
    this.#givenUp.add(runId);
    const what = `given up after ${Math.round(triedMs / 1000)} s, though it has a task`;
    this.#history.violate({ rule: "unknown-is-repeated", what, runId });
  }

  /** There was less room than the caps say: who only tries again and again is not the careful neighbour that he should be. */
  roomLacked(request: RunTaskRequest, what: "vCPU" | "addresses"): void {
    const { nowMs } = this.#time;
    const runId = runIdOf(request.startedBy) ?? "";
    // Addresses lack for all pipelines, vCPU for those of a size and a capacity provider.
    const provider = request.capacityProviderStrategy[0]?.capacityProvider;
    const scope = what === "addresses" ? what : `${this.#runOf(runId)?.pipeline} on ${provider}`;
    this.#history.note(() => ({ actor: "account", what: `has no ${what}`, runId }));
    const vainMs = [
      ...(this.#vainMs.get(scope) ?? []).filter((atMs) => atMs > nowMs - VAIN_WITHIN_MS),
      nowMs,
    ];
    this.#vainMs.set(scope, vainMs);
    if (vainMs.length > MOST_VAIN) {
      const many = `${vainMs.length} launches (${scope}) in ten minutes that found no room`;
      this.#history.violate({ rule: "room-is-learned", what: many, runId });
    }
  }

  taskStopped(taskArn: string): void {
    this.#living.delete(taskArn);
  }

  #checkRate(runId: string): void {
    const since = this.#time.nowMs - 1000;
    this.#recentCalls = [...this.#recentCalls.filter((atMs) => atMs > since), this.#time.nowMs];
    if (this.#recentCalls.length > this.#callsASecond) {
      const what = `${this.#recentCalls.length} RunTask calls in a second`;
      this.#history.violate({ rule: "under-the-caps", what, runId });
    }
  }
}
