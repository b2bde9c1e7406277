import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Faults } from "../faults.ts";
import type { PulledImage } from "../launcher/launcher.ts";
import type { TaskDefinition } from "../model/definition.ts";
import type { StopCode, TaskRecord } from "../model/task.ts";
import type { Settings } from "../settings.ts";
import type { DefinitionStore } from "../state/definition-store.ts";
import { withSecrets } from "./container-secrets.ts";
import { randomInterface } from "./network.ts";
import { RunningTask, type TaskHost } from "./running-task.ts";
import type { TaskChanges } from "./task-changes.ts";

/** A task between PROVISIONING and STOPPED. */
interface Life {
  /** Aborts when somebody wants the task to stop. */
  readonly stop: AbortController;
  /** Shorter than the containers' own stop timeouts, for Spot. */
  atMostMs: number;
  running?: RunningTask;
  done: Promise<void>;
}

export interface LifecycleParts {
  readonly host: TaskHost;
  readonly changes: TaskChanges;
  readonly definitions: DefinitionStore;
  readonly settings: Settings;
  readonly faults: Faults;
}

/**
 * Leads each task through its states, one event a change.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
export class TaskLifecycle {
  readonly #parts: LifecycleParts;
  readonly #lives = new Map<string, Life>();
  #halted = false;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
  }

  /** Begins with a task in PROVISIONING (or PENDING, after a restart), which has been announced. */
  begin(task: TaskRecord): void {
    // A call that came in while the cloud was ending: its task starts with the next start.
    if (this.#halted) return;
    const life: Life = { stop: new AbortController(), atMostMs: Infinity, done: Promise.resolve() };
    this.#lives.set(task.taskArn, life);
    // Its stop was decided before the cloud ended.
    if (task.desiredStatus === "STOPPED") life.stop.abort();
    life.done = this.#live(task, life)
      .catch((error: unknown) => {
        this.#parts.host.context.report(
          `ECS: ${task.taskArn} went wrong: ${(error as Error).stack ?? String(error)}`,
        );
      })
      .finally(() => this.#lives.delete(task.taskArn));
  }

  /** Asks a task to stop; the first reason stands. */
  stop(task: TaskRecord, stopCode: StopCode, reason: string): void {
    this.#parts.changes.decideStop(task, stopCode, reason);
    this.#lives.get(task.taskArn)?.stop.abort();
  }

  /**
   * Takes a Spot task's capacity away: a warning event and the stop signal at once, the end when the notice is over.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
   */
  interrupt(task: TaskRecord): void {
    const life = this.#lives.get(task.taskArn);
    if (
      life === undefined ||
      !this.#parts.changes.decideStop(task, "SpotInterruption", "Your Spot Task was interrupted.")
    )
      return;
    this.#parts.changes.announce(task, {});
    life.atMostMs = this.#parts.settings.spotNoticeMs;
    life.stop.abort();
  }

  /** SIGKILL to the task's processes. @returns whether there were any */
  strike(task: TaskRecord): boolean {
    const running = this.#lives.get(task.taskArn)?.running;
    running?.strike();
    return running !== undefined;
  }

  /** The cloud ends: all processes end now, the records stay as they are, as when a host is lost. */
  async halt(): Promise<void> {
    this.#halted = true;
    const lives = [...this.#lives.values()];
    for (const { stop, running } of lives) {
      stop.abort();
      running?.strike();
    }
    await Promise.all(lives.map(({ done }) => done));
  }

  async #live(task: TaskRecord, life: Life): Promise<void> {
    const { changes } = this.#parts;
    try {
      life.running = await this.#bringUp(task, life.stop.signal);
    } catch (error) {
      // A stop in the middle of a start ends the waiting by an AbortError and has its reason already.
      if (this.#halted) return;
      changes.decideStop(task, "TaskFailedToStart", (error as Error).message);
    }
    if (life.running !== undefined) await this.#execute(task, life, life.running);
    if (this.#halted) return;
    for (const container of task.containers) container.lastStatus = "STOPPED";
    changes.move(task, "DEPROVISIONING", { stoppingAt: task.stoppingAt ?? changes.now() });
    changes.move(task, "STOPPED", {
      stoppedAt: changes.now(),
      tags: [],
      attachment: { ...task.attachment, status: "DELETED" },
    });
  }

  async #bringUp(task: TaskRecord, signal: AbortSignal): Promise<RunningTask> {
    const { changes, definitions, faults, settings, host } = this.#parts;
    const halfMs = settings.startDelayMs / 2;
    if (task.lastStatus === "PROVISIONING") {
      await pause(halfMs + (faults.strike("slowStart")?.delayMs ?? 0), undefined, { signal });
      if (faults.strike("noAddress") !== undefined) {
        throw new Error(
          "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
            `'${task.attachment.subnetId}': InsufficientFreeAddressesInSubnet`,
        );
      }
      changes.move(task, "PENDING", {
        attachment: { ...task.attachment, ...randomInterface(), status: "ATTACHED" },
        connectivityAt: changes.now(),
      });
    }
    if (faults.strike("noStart") !== undefined) await once(signal, "abort", { signal });
    const pullStartedAt = changes.now();
    await pause(halfMs, undefined, { signal });
    const registered = definitions.find(task.taskDefinitionArn);
    if (registered === undefined) throw new Error("TaskDefinition not found.");
    const definition = withRolesOf(task, registered);
    const ready = withSecrets(host.context, task.taskArn, definition);
    const images = await this.#pullImages(task, definition);
    signal.throwIfAborted();
    changes.move(task, "ACTIVATING", { pullStartedAt, pullStoppedAt: changes.now() });
    const running = await RunningTask.start(host, task, ready, images);
    if (this.#halted) await running.kill();
    else changes.move(task, "RUNNING", { startedAt: changes.now() });
    return running;
  }

  async #execute(task: TaskRecord, life: Life, running: RunningTask): Promise<void> {
    const { changes } = this.#parts;
    await new Promise<void>((resolve) => {
      const { signal } = life.stop;
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve());
      running.onExit((essential) => {
        if (essential) resolve();
        else if (!signal.aborted) changes.announce(task, {});
      });
    });
    if (this.#halted) {
      await running.kill();
      return;
    }
    changes.decideStop(task, "EssentialContainerExited", "Essential container in task exited");
    changes.move(task, "DEACTIVATING");
    changes.move(task, "STOPPING", { stoppingAt: changes.now() });
    await running.stop(life.atMostMs);
    task.executionStoppedAt = changes.now();
  }

  /** @throws ImagePullError; the container that has no image carries the reason too */
  async #pullImages(task: TaskRecord, definition: TaskDefinition): Promise<Map<string, PulledImage>> {
    const { launcher } = this.#parts.host;
    const images = new Map<string, PulledImage>();
    for (const container of task.containers) {
      try {
        images.set(container.name, await launcher.pull(container.image, definition));
      } catch (error) {
        container.reason = (error as Error).message;
        throw error;
      }
    }
    return images;
  }
}

/** A run may name roles of its own, for everything that the definition's would do. */
function withRolesOf({ overrides }: TaskRecord, definition: TaskDefinition): TaskDefinition {
  const { executionRoleArn, taskRoleArn } = overrides;
  return {
    ...definition,
    ...(executionRoleArn === undefined ? {} : { executionRoleArn }),
    ...(taskRoleArn === undefined ? {} : { taskRoleArn }),
  };
}
