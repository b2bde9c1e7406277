import { createRequire } from "node:module";
import { AwsError } from "../gateway/aws-error.ts";
import { withIndexUnits } from "./consumed-capacity.ts";
import { type DynaliteStore, WriteUnit } from "./write-unit.ts";

type Document = Record<string, unknown>;
type Callback<T> = (error: DynaliteError | null, value?: T) => void;

interface DynaliteError extends Error {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
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
  const database = load("dynalite/db") as {
    create(options: Document): DynaliteStore;
    capacityUnits(item: Document, isRead: boolean): number;
  };
  const validations = load("dynalite/validations") as Validations;
  const store = database.create({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  return {
    async call(operation, input) {
      const file = `${operation[0]?.toLowerCase()}${operation.slice(1)}`;
      const { types, custom } = load(`dynalite/validations/${file}`) as { types: Document; custom: unknown };
      const action = load(`dynalite/actions/${file}`) as (
        store: DynaliteStore,
        data: Document,
        callback: Callback<Document>,
      ) => void;
      const unit = new WriteUnit(store, (entry) => database.capacityUnits(entry, false));
      try {
        const data = validations.checkTypes({ ...input }, { ...NEWER_MEMBERS, ...types });
        validations.checkValidations(data, types, custom, store);
        const answer = await new Promise<Document>((resolve, reject) => {
          action(unit.store, data, (error, value) => {
            if (error) reject(error);
            // Tagging answers with an empty text.
            else resolve(typeof value === "object" ? value : {});
          });
        });
        return withIndexUnits(answer, unit.indexUnits, input["ReturnConsumedCapacity"] === "INDEXES");
      } catch (error) {
        throw asAwsError(
          error as DynaliteError,
          input["ReturnValuesOnConditionCheckFailure"] === "ALL_OLD" ? unit.lastRead() : undefined,
        );
      }
    },
    close: () =>
      new Promise((resolve, reject) => {
        store.lifecycleManager.gracefulClose((error) => (error ? reject(error) : resolve()));
      }),
  };
}

function asAwsError(error: DynaliteError, item: Document | undefined): Error {
  if (error.body === undefined) return error;
  const code = error.body.__type.replace(/^.*#/, "");
  const members = code === "ConditionalCheckFailedException" && item !== undefined ? { Item: item } : {};
  return new AwsError(code, error.body.message ?? error.body.Message ?? "", error.statusCode ?? 400, members);
}
