import type { Results } from "../../../../tasks/media/task.ts";

/** Keeps what a task wrote, by key. */
export class MemoryResults implements Results {
  readonly files = new Map<string, Buffer>();

  async put({ name, body }: { name: string; body: Uint8Array }): Promise<string> {
    const key = `jobs/job/1/${name}`;
    this.files.set(key, Buffer.from(body));
    return key;
  }
}
