import type { ObjectLine } from "#core/ordering/object-line.ts";
import type { SaveResult } from "#core/ports/job-store.ts";
import type { ObjectLineStore } from "#core/ports/object-line-store.ts";
import { MemoryTable } from "./memory-table.ts";

export class MemoryObjectLineStore implements ObjectLineStore {
  readonly #lines = new MemoryTable<ObjectLine>();

  async readLine(objectId: string): Promise<ObjectLine | undefined> {
    return this.#lines.get(objectId);
  }

  async saveLine(line: ObjectLine): Promise<SaveResult<ObjectLine>> {
    return this.#lines.put(line.objectId, line);
  }
}
