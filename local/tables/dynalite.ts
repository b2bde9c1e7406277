import { createRequire } from "node:module";
import { AwsError } from "../gateway/aws-error.ts";

type Document = Record<string, unknown>;
type Callback<T> = (error: DynaliteError | null, value?: T) => void;

interface DynaliteError extends Error {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

interface ItemDatabase {
  get(key: string, callback: Callback<Document>): void;
}

/** The part of dynalite's store that is used here. */
export interface DynaliteStore {
  getItemDb(table: string): ItemDatabase;
  readonly tableDb: {
    get(key: string, callback: Callback<Document>): void;
    put(key: string, value: Document, callback: Callback<void>): void;
  };
  readonly lifecycleManager: { gracefulClose(callback: Callback<void>): void };
}

interface Validations {
  checkTypes(data: Document, types: Document): Document;
  checkValidations(data: Document, types: Document, custom: unknown, store: DynaliteStore): void;
}

/** Members that DynamoDB has got since dynalite's tables of constraints were written. */
const NEWER_MEMBERS: Document = {
  ReturnValuesOnConditionCheckFailure: { type: "String", enum: ["ALL_OLD", "NONE"] },
};

/** What dynalite answers. */
export const OPERATIONS = [
  "BatchGetItem",
  "BatchWriteItem",
  "CreateTable",
  "DeleteItem",
  "DeleteTable",
  "DescribeTable",
  "GetItem",
  "ListTables",
  "PutItem",
  "Query",
  "Scan",
  "TagResource",
  "UntagResource",
  "ListTagsOfResource",
  "UpdateItem",
  "UpdateTable",
] as const;

export type DynaliteOperation = (typeof OPERATIONS)[number];

export interface Dynalite {
  readonly store: DynaliteStore;
  /** @throws AwsError in DynamoDB's words */
  call(operation: DynaliteOperation, input: Document): Promise<Document>;
  close(): Promise<void>;
}

/**
 * DynamoDB out of dynalite's checks and actions over LevelDB files in `path`. They are called directly: dynalite's own HTTP
 * server would only parse and print everything once more.
 */
export function openDynalite(path: string): Dynalite {
  const load = createRequire(import.meta.url);
  const database = load("dynalite/db") as { create(options: Document): DynaliteStore };
  const validations = load("dynalite/validations") as Validations;
  const store = database.create({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  return {
    store,
    async call(operation, input) {
      const file = `${operation[0]?.toLowerCase()}${operation.slice(1)}`;
      const { types, custom } = load(`dynalite/validations/${file}`) as { types: Document; custom: unknown };
      const action = load(`dynalite/actions/${file}`) as (
        store: DynaliteStore,
        data: Document,
        callback: Callback<Document>,
      ) => void;
      const memory = rememberingStore(store);
      try {
        const data = validations.checkTypes({ ...input }, { ...NEWER_MEMBERS, ...types });
        validations.checkValidations(data, types, custom, store);
        return await new Promise<Document>((resolve, reject) => {
          action(memory.store, data, (error, value) => {
            if (error) reject(error);
            else resolve(value ?? {});
          });
        });
      } catch (error) {
        throw asAwsError(
          error as DynaliteError,
          input["ReturnValuesOnConditionCheckFailure"] === "ALL_OLD" ? memory.item() : undefined,
        );
      }
    },
    close: () =>
      new Promise((resolve, reject) => {
        store.lifecycleManager.gracefulClose((error) => (error ? reject(error) : resolve()));
      }),
  };
}

/**
 * The store with a memory of the item that an action read under its lock: it is the very item that a condition was checked
 * against, as ReturnValuesOnConditionCheckFailure wants it.
 */
function rememberingStore(store: DynaliteStore): { store: DynaliteStore; item(): Document | undefined } {
  const seen: { item?: Document | undefined } = {};
  const getItemDb = (table: string): ItemDatabase => {
    const items = store.getItemDb(table);
    return {
      ...items,
      get: (key, callback) =>
        items.get(key, (error, item) => {
          seen.item = item;
          callback(error, item);
        }),
    };
  };
  return {
    store: Object.assign(Object.create(store) as DynaliteStore, { getItemDb }),
    item: () => seen.item,
  };
}

function asAwsError(error: DynaliteError, item: Document | undefined): Error {
  if (error.body === undefined) return error;
  const code = error.body.__type.replace(/^.*#/, "");
  const members = code === "ConditionalCheckFailedException" && item !== undefined ? { Item: item } : {};
  return new AwsError(code, error.body.message ?? error.body.Message ?? "", error.statusCode ?? 400, members);
}
