import type { ObjectLine } from "#core/ordering/object-line.ts";
import type { SaveResult } from "#core/ports/job-store.ts";
import type { ObjectLineStore } from "#core/ports/object-line-store.ts";
import { getItem, type ItemKey, putRevision, type Table, withoutKeys } from "./dynamodb-items.ts";

/** One item a key. It does not expire: an object that is overwritten after years still has its order. */
export class DynamoDbObjectLineStore implements ObjectLineStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async readLine(objectId: string): Promise<ObjectLine | undefined> {
    const item = await getItem(this.#table, keyOf(objectId));
    return item === undefined ? undefined : withoutKeys<ObjectLine>(item);
  }

  async saveLine(line: ObjectLine): Promise<SaveResult<ObjectLine>> {
    return putRevision(this.#table, keyOf(line.objectId), line, {});
  }
}

function keyOf(objectId: string): ItemKey {
  return { pk: `OBJECT#${objectId}`, sk: "OBJECT" };
}
