import { chargedBytes, residentBytes } from "./process-tree.ts";

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
    for (const { limitBytes, containers } of tasks) {
      for (const container of containers) {
        if (await exceeds([container], container.limitBytes ?? Infinity, used)) container.kill();
      }
      if (await exceeds(containers, limitBytes, used)) {
        const most = containers.toSorted((a, b) => (used.get(b.groupId) ?? 0) - (used.get(a.groupId) ?? 0));
        most[0]?.kill();
      }
    }
  }
}

/** What is resident decides that nothing is wrong; only where it is too much, what the kernel would charge is asked for. */
async function exceeds(
  containers: readonly GuardedContainer[],
  limitBytes: number,
  resident: ReadonlyMap<number, number>,
): Promise<boolean> {
  const upTo = containers.reduce((sum, { groupId }) => sum + (resident.get(groupId) ?? 0), 0);
  if (upTo <= limitBytes) return false;
  const charged = await Promise.all(containers.map(({ groupId }) => chargedBytes(groupId)));
  return charged.reduce((sum, bytes) => sum + bytes, 0) > limitBytes;
}
