import type { CloudContext } from "../../context/cloud-context.ts";
import { taskStateChange } from "../model/task-event.ts";
import type { StopCode, TaskRecord, TaskStatus } from "../model/task.ts";
import type { TaskStore } from "../state/task-store.ts";

/** The one place where a task changes and the world hears of it: on disk first, then on the bus. */
export class TaskChanges {
  readonly #context: CloudContext;
  readonly #tasks: TaskStore;
  readonly #listeners: ((task: TaskRecord) => void)[] = [];

  constructor(context: CloudContext, tasks: TaskStore) {
    this.#context = context;
    this.#tasks = tasks;
  }

  /** Tells of each change that is announced, after it is on disk. */
  onMove(listener: (task: TaskRecord) => void): void {
    this.#listeners.push(listener);
  }

  /** Moves the task on, with the time that this state is known by, and announces it. */
  move(task: TaskRecord, lastStatus: TaskStatus, change: Partial<TaskRecord> = {}): void {
    this.announce(task, { ...change, lastStatus });
  }

  /** Applies a change, raises the version and puts the event. */
  announce(task: TaskRecord, change: Partial<TaskRecord>): void {
    Object.assign(task, change, { version: task.version + 1, updatedAt: this.#context.clock.now() });
    this.#tasks.save(task);
    this.tell(task);
    for (const listener of this.#listeners) listener(task);
  }

  /**
   * Puts the event of the task's present state. What the bus has not taken when the cloud ends is told again at the next
   * start, with the same version: ECS delivers at least once.
   */
  tell(task: TaskRecord): void {
    const { version } = task;
    this.#put(task, version).catch((error: unknown) =>
      this.#context.report(`ECS: event ${version} of ${task.taskArn} was not put: ${String(error)}`),
    );
  }

  async #put(task: TaskRecord, version: number): Promise<void> {
    await this.#context.events.put([taskStateChange(task)]);
    task.toldVersion = Math.max(task.toldVersion, version);
    // Of a task that goes on, more events will tell the same.
    if (task.lastStatus === "STOPPED" && task.toldVersion === task.version) this.#tasks.save(task);
  }

  /** Decides that the task shall stop, once: who comes second changes nothing. @returns whether this was the first */
  decideStop(task: TaskRecord, stopCode: StopCode, stoppedReason: string): boolean {
    if (task.desiredStatus === "STOPPED") return false;
    Object.assign(task, { desiredStatus: "STOPPED", stopCode, stoppedReason } satisfies Partial<TaskRecord>);
    this.#tasks.save(task);
    return true;
  }

  save(task: TaskRecord): void {
    this.#tasks.save(task);
  }

  now(): number {
    return this.#context.clock.now();
  }
}
