import type { LaunchResult, TaskPage, TaskSnapshot } from "#core/ports/task-launcher.ts";
import type { RunTaskRequest } from "#core/runs/run.ts";
import type { Laws } from "./lambda.ts";
import { type Program, Task, type TaskEnd } from "./task.ts";
import { TokenBucket } from "./token-bucket.ts";

const REMEMBERED_MS = 3_600_000;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
const TASKS_OF_A_PAGE = 100;
/** A token lives a day, but no longer than an hour after its task. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html */
const TOKEN_MS = 24 * 3_600_000;
const TOKEN_AFTER_STOP_MS = 3_600_000;

export interface EcsQuotas {
  readonly runTaskPerSecond: number;
  readonly vcpu: number;
  readonly addresses: number;
}

export interface EcsOptions {
  readonly laws: Laws;
  readonly quotas: EcsQuotas;
  /** The program in the image of a task definition. */
  readonly programOf: (taskDefinition: string) => Program;
  readonly vcpuOf: (request: RunTaskRequest) => number;
  readonly emit: (task: TaskSnapshot) => void;
  readonly observer: EcsObserver;
}

/** What a simulation sees of ECS beside its answers. */
export interface EcsObserver {
  runTaskCalled(request: RunTaskRequest): void;
  taskMade(task: Task): void;
  /** A fault, and nothing of the run's own, ends its task. */
  befallen(request: RunTaskRequest): void;
  taskStopped(task: Task, end: TaskEnd): void;
  /** The account has no more vCPU or addresses; nothing was injected into this very call. */
  roomLacked?(request: RunTaskRequest, what: "vCPU" | "addresses"): void;
}

interface Token {
  readonly task: Task;
  expiresAtMs: number;
}

/** ECS on Fargate: rates, quotas, client tokens, tasks that take their time, and what they say of themselves. */
export class Ecs {
  /** By ARN; those that ECS has forgotten too. */
  readonly tasks = new Map<string, Task>();
  /** RunTask calls that were asked to slow down. */
  throttled = 0;
  /** RunTask calls that were answered with failures[]. */
  failed = 0;
  readonly #options: EcsOptions;
  readonly #tokens = new Map<string, Token>();
  readonly #inactive = new Set<string>();
  readonly #bucket: TokenBucket;
  #vcpuInUse = 0;
  #addressesInUse = 0;
  /** Those that have not stopped, in the order in which they were made. */
  readonly #living = new Map<string, Task>();
  /** What others in the account leave of the quotas. */
  #left: Pick<EcsQuotas, "vcpu" | "addresses">;

  constructor(options: EcsOptions) {
    this.#options = options;
    this.#left = options.quotas;
    const rate = options.quotas.runTaskPerSecond;
    this.#bucket = new TokenBucket({ perSecond: rate, burst: rate, time: options.laws.time });
  }

  /** Tasks that have not stopped. */
  get living(): number {
    return this.#living.size;
  }

  /** A deploy that does not retain them: whoever names them from now on is refused. */
  deregister(taskDefinition: string): void {
    this.#inactive.add(taskDefinition);
  }

  /** Others in the account come, or go. */
  leave(left: Partial<Pick<EcsQuotas, "vcpu" | "addresses">>): void {
    this.#left = { ...this.#options.quotas, ...left };
  }

  /** RunTask as ECS sees it; what the caller learns of it is another matter. */
  runTask(request: RunTaskRequest): LaunchResult {
    this.#options.observer.runTaskCalled(request);
    return this.takeUp(request);
  }

  /** What ECS makes of a call, at once or when it comes to it. @param isStuck its task will never start */
  takeUp(request: RunTaskRequest, isStuck = false): LaunchResult {
    const { laws, observer } = this.#options;
    const { faults } = laws;
    if (!this.#bucket.take() || faults.strikes("run-task-throttled")) {
      this.throttled += 1;
      return throttled(laws.random.chance(0.3));
    }
    const token = this.#tokens.get(request.clientToken);
    if (token !== undefined && token.expiresAtMs > laws.time.nowMs) {
      const { taskArn, lastStatus } = token.task.snapshot;
      const isConflict = !isSameRequest(token.task.request, request) || faults.strikes("run-task-conflict");
      return isConflict
        ? { type: "conflict", taskArns: [taskArn] }
        : { type: "launched", taskArn, lastStatus };
    }
    if (this.#inactive.has(request.taskDefinition)) {
      return { type: "refused", errorName: "ClientException", message: "TaskDefinition is inactive" };
    }
    const vcpu = this.#options.vcpuOf(request);
    const isQuotaUsedUp = this.#vcpuInUse + vcpu > this.#left.vcpu;
    if (isQuotaUsedUp) observer.roomLacked?.(request, "vCPU");
    if (isQuotaUsedUp || faults.strikes("run-task-failures")) {
      this.failed += 1;
      const reason = "You've reached the limit on the number of vCPUs you can run concurrently";
      return { type: "failed", failures: [{ reason }] };
    }
    if (faults.strikes("no-capacity")) {
      this.failed += 1;
      const reason =
        "Capacity is unavailable at this time. Please try again later or in a different availability zone";
      return { type: "failed", failures: [{ reason }] };
    }
    const task = this.#start(request, vcpu, isStuck);
    this.#tokens.set(request.clientToken, { task, expiresAtMs: laws.time.nowMs + TOKEN_MS });
    return { type: "launched", taskArn: task.snapshot.taskArn, lastStatus: task.snapshot.lastStatus };
  }

  stopTask(taskArn: string, reason: string): void {
    this.tasks.get(taskArn)?.stop({ stopCode: "UserInitiated", stoppedReason: reason });
  }

  /** As it was `lagMs` ago: a young task may not be found at all. */
  describe(taskArns: readonly string[], lagMs: number): TaskSnapshot[] {
    const { time } = this.#options.laws;
    return taskArns.flatMap((taskArn) => {
      const task = this.tasks.get(taskArn);
      const isForgotten = task?.stoppedAtMs !== undefined && time.nowMs - task.stoppedAtMs > REMEMBERED_MS;
      const seen = isForgotten ? undefined : task?.seenAt(time.nowMs - lagMs);
      return seen === undefined ? [] : [seen];
    });
  }

  /** Pages by the last task of the one before. */
  list(behind = ""): TaskPage {
    const page: string[] = [];
    for (const [taskArn, { snapshot }] of this.#living) {
      if (taskArn <= behind || snapshot.desiredStatus === "STOPPED") continue;
      if (page.length === TASKS_OF_A_PAGE) return { taskArns: page, next: page[page.length - 1] as string };
      page.push(taskArn);
    }
    return { taskArns: page };
  }

  #start(request: RunTaskRequest, vcpu: number, isStuck: boolean): Task {
    const { laws, emit, programOf, observer } = this.#options;
    this.#vcpuInUse += vcpu;
    const task = new Task({
      taskArn: `arn:aws:ecs:us-east-1:000000000000:task/simulation/${this.tasks.size.toString(16).padStart(32, "0")}`,
      request,
      laws,
      isStuck,
      emit,
      program: programOf(request.taskDefinition),
      takeAddress: () => {
        if (this.#addressesInUse >= this.#left.addresses) {
          observer.roomLacked?.(request, "addresses");
          return false;
        }
        if (laws.faults.strikes("no-address")) return false;
        this.#addressesInUse += 1;
        return true;
      },
      onFate: () => observer.befallen(request),
      onStopped: (end, hadAddress) => {
        this.#vcpuInUse -= vcpu;
        this.#living.delete(task.snapshot.taskArn);
        if (hadAddress) this.#addressesInUse -= 1;
        const token = this.#tokens.get(request.clientToken);
        // The fault forgets it at once: fences must hold where tokens do not.
        const rememberedMs = laws.faults.strikes("client-token-expired") ? 0 : TOKEN_AFTER_STOP_MS;
        if (token !== undefined)
          token.expiresAtMs = Math.min(token.expiresAtMs, laws.time.nowMs + rememberedMs);
        observer.taskStopped(task, end);
      },
    });
    this.tasks.set(task.snapshot.taskArn, task);
    this.#living.set(task.snapshot.taskArn, task);
    observer.taskMade(task);
    task.live();
    return task;
  }
}

/** Byte for byte, as client tokens are compared. */
export function isSameRequest(one: RunTaskRequest, other: RunTaskRequest): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** ECS says "slow down" in more than one way. */
function throttled(inDisguise: boolean): LaunchResult {
  return inDisguise
    ? {
        type: "refused",
        errorName: "InvalidParameterException",
        message: "Error retrieving subnet information: Rate exceeded (ErrorCode: Throttling)",
      }
    : { type: "refused", errorName: "ThrottlingException", message: "Rate exceeded" };
}
