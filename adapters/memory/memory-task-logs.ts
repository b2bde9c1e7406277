import type { TaskLogs } from "#core/ports/object-store.ts";

/** What tasks wrote, by pipeline and task. */
export class MemoryTaskLogs implements TaskLogs {
  readonly #lines = new Map<string, string[]>();

  write(task: { pipeline: string; taskArn: string }, lines: readonly string[]): void {
    const key = keyOf(task);
    this.#lines.set(key, [...(this.#lines.get(key) ?? []), ...lines]);
  }

  async tail(task: Parameters<TaskLogs["tail"]>[0]): Promise<readonly string[]> {
    return (this.#lines.get(keyOf(task)) ?? []).slice(-task.lines);
  }
}

function keyOf({ pipeline, taskArn }: { pipeline: string; taskArn: string }): string {
  return `${pipeline} ${taskArn}`;
}
