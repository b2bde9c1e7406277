import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PropertyUse } from "../../cloudformation/resource-provider.ts";

/** What AWS's published schema of a type says about its top level; see extract.ts. */
export interface ResourceSchema {
  readonly properties: Readonly<Record<string, PropertyUse>>;
  readonly required: readonly string[];
  /** Names for Fn::GetAtt, dots and all. */
  readonly attributes: readonly string[];
}

const schemas = JSON.parse(
  readFileSync(join(import.meta.dirname, "resource-types.json"), "utf8"),
) as Readonly<Record<string, ResourceSchema | undefined>>;

/** The schema of a type, where the table has it. */
export function schemaOf(type: string): ResourceSchema | undefined {
  return Object.hasOwn(schemas, type) ? schemas[type] : undefined;
}
