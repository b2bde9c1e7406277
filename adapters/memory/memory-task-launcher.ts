import type { Clock } from "#core/ports/clock.ts";
import type { LaunchResult, TaskLauncher, TaskPage, TaskSnapshot } from "#core/ports/task-launcher.ts";
import type { RunTaskRequest } from "#core/runs/run.ts";

const CLUSTER_ARN = "arn:aws:ecs:us-east-1:123456789012:cluster/memory";
const REMEMBERED_MS = 3_600_000;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
const TASKS_OF_A_PAGE = 100;

interface MemoryTask {
  snapshot: TaskSnapshot;
  readonly request: RunTaskRequest;
  stoppedAtMs?: number;
}

/**
 * ECS as far as a launcher sees it: client tokens with their scope and lifetime, tasks forgotten an hour after they stopped. A
 * result pushed to `answers` is given instead, once, and starts nothing.
 */
export class MemoryTaskLauncher implements TaskLauncher {
  readonly answers: LaunchResult[] = [];
  readonly launches: RunTaskRequest[] = [];
  readonly stops: { taskArn: string; reason: string }[] = [];
  readonly #tasks = new Map<string, MemoryTask>();
  readonly #clock: Clock;

  constructor(options: { clock: Clock }) {
    this.#clock = options.clock;
  }

  async launch(request: RunTaskRequest): Promise<LaunchResult> {
    this.launches.push(structuredClone(request));
    const answer = this.answers.shift();
    if (answer !== undefined) return answer;
    const known = this.#remembered().find((task) => task.request.clientToken === request.clientToken);
    if (known !== undefined) {
      const isSame = JSON.stringify(known.request) === JSON.stringify(request);
      const { taskArn, lastStatus } = known.snapshot;
      return isSame ? { type: "launched", taskArn, lastStatus } : { type: "conflict", taskArns: [taskArn] };
    }
    return { type: "launched", taskArn: this.start(request).taskArn, lastStatus: "PROVISIONING" };
  }

  /** Starts a task without an answer, as a call does whose answer is lost. */
  start(request: RunTaskRequest): TaskSnapshot {
    const snapshot: TaskSnapshot = {
      taskArn: `${CLUSTER_ARN.replace(":cluster/", ":task/")}/${this.#tasks.size.toString(16).padStart(32, "0")}`,
      clusterArn: CLUSTER_ARN,
      lastStatus: "PROVISIONING",
      desiredStatus: "RUNNING",
      version: 1,
      startedBy: request.startedBy,
      createdAt: this.#clock.now().toISOString(),
      containers: [],
    };
    this.#tasks.set(snapshot.taskArn, { snapshot, request: structuredClone(request) });
    return snapshot;
  }

  /** Every task that was ever started, oldest first, as it stands now. */
  get tasks(): readonly TaskSnapshot[] {
    return [...this.#tasks.values()].map(({ snapshot }) => snapshot);
  }

  /** Moves a task on, as ECS does; the version rises. */
  change(taskArn: string, change: Partial<TaskSnapshot>): TaskSnapshot {
    const task = this.#tasks.get(taskArn);
    if (task === undefined) throw new Error(`There is no task ${taskArn}.`);
    task.snapshot = { ...task.snapshot, ...change, version: (task.snapshot.version ?? 0) + 1 };
    if (task.snapshot.lastStatus === "STOPPED") task.stoppedAtMs = this.#clock.now().getTime();
    return task.snapshot;
  }

  /** The task is asked to stop; that it has stopped is for `change` to say. */
  async stop(taskArn: string, reason: string): Promise<void> {
    this.stops.push({ taskArn, reason });
    if (!this.#tasks.has(taskArn)) return;
    this.change(taskArn, { desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: reason });
  }

  async list(next = "0"): Promise<TaskPage> {
    const living = this.tasks.filter(({ desiredStatus }) => desiredStatus !== "STOPPED");
    const end = Number(next) + TASKS_OF_A_PAGE;
    const taskArns = living.slice(Number(next), end).map(({ taskArn }) => taskArn);
    return { taskArns, ...(end < living.length ? { next: String(end) } : {}) };
  }

  async describe(taskArns: readonly string[]): Promise<TaskSnapshot[]> {
    if (taskArns.length > 100) throw new RangeError("DescribeTasks answers for at most 100 tasks at once.");
    return this.#remembered()
      .map(({ snapshot }) => snapshot)
      .filter(({ taskArn }) => taskArns.includes(taskArn));
  }

  #remembered(): MemoryTask[] {
    const now = this.#clock.now().getTime();
    return [...this.#tasks.values()].filter(
      ({ stoppedAtMs }) => stoppedAtMs === undefined || now - stoppedAtMs < REMEMBERED_MS,
    );
  }
}
