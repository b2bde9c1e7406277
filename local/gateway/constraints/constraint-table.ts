import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A whole number, true or a time have no rule beyond being one; a type's name stands for itself. */
export type ScalarType =
  "string" | "integer" | "long" | "double" | "float" | "boolean" | "timestamp" | "blob" | "jsonvalue";

export interface Limits {
  /** Of a text's length, a list's or map's size, or a number's value. */
  readonly min?: number;
  readonly max?: number;
}

/** A value of a model, reduced to what can be wrong with it. Members name other shapes of the table, or a scalar type. */
export type Shape =
  | ({
      readonly type: ScalarType;
      readonly pattern?: string;
      readonly enum?: readonly string[];
      /** Its value is never repeated in a message. */
      readonly sensitive?: true;
    } & Limits)
  | {
      readonly type: "structure";
      readonly required?: readonly string[];
      readonly members: Readonly<Record<string, string>>;
    }
  | ({ readonly type: "list"; readonly member: string } & Limits)
  | ({ readonly type: "map"; readonly key: string; readonly value: string } & Limits);

/** What `extract.ts` writes for one service. */
export interface ConstraintTable {
  /** The package, version and model that it was taken from. */
  readonly source: string;
  /** Input shape by operation. */
  readonly operations: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const SCALARS: Readonly<Record<ScalarType, Shape>> = {
  string: { type: "string" },
  integer: { type: "integer" },
  long: { type: "long" },
  double: { type: "double" },
  float: { type: "float" },
  boolean: { type: "boolean" },
  timestamp: { type: "timestamp" },
  blob: { type: "blob" },
  jsonvalue: { type: "jsonvalue" },
};

/** @param service the model's name in botocore, e.g. "ecs" */
export function constraintTable(service: string): ConstraintTable {
  const file = join(import.meta.dirname, "tables", `${service}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as ConstraintTable;
}

/** @throws Error where a table names a shape that it does not hold */
export function shapeOf(table: ConstraintTable, name: string): Shape {
  const shape = table.shapes[name] ?? SCALARS[name as ScalarType];
  if (shape === undefined) throw new Error(`the constraint table from ${table.source} lacks ${name}`);
  return shape;
}

/** The regular expression of a model, which must hold for the whole text. */
export function wholeText(pattern: string): RegExp {
  // Java's class of POSIX, which JavaScript has not.
  const portable = pattern.replaceAll(String.raw`\p{Print}`, String.raw`[\x20-\x7E]`);
  try {
    return new RegExp(`^(?:${portable})$`, "u");
  } catch {
    // Java allows escapes that JavaScript's strict mode refuses.
    return new RegExp(`^(?:${portable})$`);
  }
}
