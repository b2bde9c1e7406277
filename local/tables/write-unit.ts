import { isDeepStrictEqual } from "node:util";

type Document = Record<string, unknown>;
type Callback<T> = (error: Error | null, value?: T) => void;

export type Change =
  | { readonly type: "put"; readonly key: string; readonly value: Document }
  | { readonly type: "del"; readonly key: string };

/** A key-value store inside of dynalite's store: the items of a table, or the entries of an index. */
export interface SubDatabase {
  get(key: string, callback: Callback<Document>): void;
  put(key: string, value: Document, callback: Callback<void>): void;
  del(key: string, callback: Callback<void>): void;
}

/** The part of dynalite's store that is used here. */
export interface DynaliteStore {
  /** LevelDB, in which the sub-databases are ranges of keys that begin with their names. */
  readonly db: { batch(changes: readonly Change[], callback: Callback<void>): void };
  getItemDb(table: string): SubDatabase;
  getIndexDb(type: string, table: string, index: string): SubDatabase;
  readonly lifecycleManager: { gracefulClose(callback: Callback<void>): void };
}

/** An index change that waits for its item. */
interface IndexChange {
  readonly change: Change;
  readonly table: string;
  readonly index: string;
  readonly global: boolean;
}

/** Write units that one call cost in a table's indexes. */
export interface IndexUnits {
  readonly table: string;
  readonly index: string;
  readonly global: boolean;
  readonly units: number;
}

/**
 * One call's view of dynalite's store. dynalite writes an item and its index entries one after the other; here they go to
 * disk in one batch, so that a `kill -9` leaves no index behind its table. It remembers the item that a condition was
 * checked against, and counts what the writes to indexes cost, which dynalite does not.
 */
export class WriteUnit {
  readonly store: DynaliteStore;
  readonly indexUnits: IndexUnits[] = [];
  readonly #unitsOf: (entry: Document) => number;
  readonly #waiting: IndexChange[] = [];
  readonly #read = new Map<string, Document | undefined>();

  /** `unitsOf` gives the write units of one entry by its size. */
  constructor(store: DynaliteStore, unitsOf: (entry: Document) => number) {
    this.#unitsOf = unitsOf;
    this.store = Object.assign(Object.create(store) as DynaliteStore, {
      getItemDb: (table: string) => this.#items(store, table),
      getIndexDb: (type: string, table: string, index: string) => this.#entries(store, type, table, index),
    });
  }

  /** The item that was read last, under its lock. */
  lastRead(): Document | undefined {
    return [...this.#read.values()].at(-1);
  }

  #items(store: DynaliteStore, table: string): SubDatabase {
    const items = store.getItemDb(table);
    const prefix = `item-${table}~`;
    return {
      ...items,
      get: (key, callback) =>
        items.get(key, (error, item) => {
          this.#read.set(prefix + key, item);
          callback(error, item);
        }),
      put: (key, value, callback) => this.#write(store, { type: "put", key: prefix + key, value }, callback),
      del: (key, callback) => this.#write(store, { type: "del", key: prefix + key }, callback),
    };
  }

  #entries(store: DynaliteStore, type: string, table: string, index: string): SubDatabase {
    const prefix = `index-${type.toLowerCase()}~${table}~${index}~`;
    const wait = (change: Change, callback: Callback<void>) => {
      this.#waiting.push({ change, table, index, global: type.toLowerCase() === "global" });
      callback(null);
    };
    return {
      ...store.getIndexDb(type, table, index),
      put: (key, value, callback) => wait({ type: "put", key: prefix + key, value }, callback),
      del: (key, callback) => wait({ type: "del", key: prefix + key }, callback),
    };
  }

  #write(store: DynaliteStore, item: Change, callback: Callback<void>): void {
    const before = this.#read.get(item.key);
    const changed = this.#waiting.splice(0).filter(({ change }) => !isUnchanged(change, item, before));
    for (const { change, ...where } of changed) {
      this.indexUnits.push({ ...where, units: change.type === "put" ? this.#unitsOf(change.value) : 1 });
    }
    store.db.batch([...changed.map(({ change }) => change), item], callback);
  }
}

/** An index entry that has what it had before is not written again. An entry that projects all is the item itself. */
function isUnchanged(entry: Change, item: Change, before: Document | undefined): boolean {
  if (entry.type !== "put" || item.type !== "put" || before === undefined) return false;
  const names = Object.keys(entry.value);
  if (entry.value === item.value && names.length !== Object.keys(before).length) return false;
  return names.every((name) => isDeepStrictEqual(plain(entry.value[name]), plain(before[name])));
}

/** dynalite's values have no prototype when they are new and one when they were read. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
