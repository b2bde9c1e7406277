import { residentBytes } from "./process-tree.ts";

export interface GuardedContainer {
  readonly groupId: number;
  /** Hard limit of the container; absent: only the task's. */
  readonly limitBytes?: number;
  /** Ends the container as out of memory. */
  readonly kill: () => void;
}

interface GuardedTask {
  readonly limitBytes: number;
  readonly containers: readonly GuardedContainer[];
}

const intervalMs = 100;

/**
 * Holds tasks to their memory without cgroups, so that it works for everybody and on macOS: the resident memory of each
 * process tree is looked at ten times a second. Memory above the task's limit costs the container that has most.
 */
export class MemoryGuard {
  readonly #tasks = new Set<GuardedTask>();
  #timer: NodeJS.Timeout | undefined;

  /** @returns how to end the watch */
  watch(task: GuardedTask): () => void {
    this.#tasks.add(task);
    this.#next();
    return () => void this.#tasks.delete(task);
  }

  close(): void {
    this.#tasks.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #next(): void {
    if (this.#timer !== undefined || this.#tasks.size === 0) return;
    this.#timer = setTimeout(() => {
      void this.#check().finally(() => {
        this.#timer = undefined;
        this.#next();
      });
    }, intervalMs);
  }

  async #check(): Promise<void> {
    const tasks = [...this.#tasks];
    const used = await residentBytes(tasks.flatMap((task) => task.containers.map(({ groupId }) => groupId)));
    const bytesOf = (container: GuardedContainer): number => used.get(container.groupId) ?? 0;
    for (const task of tasks) {
      for (const container of task.containers) {
        if (bytesOf(container) > (container.limitBytes ?? Infinity)) container.kill();
      }
      const total = task.containers.reduce((sum, container) => sum + bytesOf(container), 0);
      if (total > task.limitBytes) task.containers.toSorted((a, b) => bytesOf(b) - bytesOf(a))[0]?.kill();
    }
  }
}
