import { randomUUID } from "node:crypto";
import type { Alias } from "./function-record.ts";
import { invalid, requiredText, text, type Input } from "./input.ts";
import type { FunctionParts } from "./parts.ts";

const NAME = /^(?!^[0-9]+$)([a-zA-Z0-9-_]{1,128})$/;

/** Makes an alias or points it elsewhere. @throws AwsError ResourceNotFoundException where the version is not published */
export function putAlias({ store }: FunctionParts, functionName: string, input: Input): Alias {
  const name = requiredText(input, "Name");
  if (!NAME.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)`,
    );
  }
  const { configuration } = store.resolve({
    name: functionName,
    qualifier: requiredText(input, "FunctionVersion"),
  });
  const alias: Alias = {
    name,
    version: configuration.version,
    description: text(input, "Description") ?? "",
    revisionId: randomUUID(),
  };
  const record = store.get(functionName);
  store.put({ ...record, aliases: { ...record.aliases, [name]: alias } });
  return alias;
}

/** One that is gone already is a success. */
export function deleteAlias({ store }: FunctionParts, functionName: string, name: string): void {
  const record = store.find(functionName);
  if (record === undefined) return;
  const { [name]: _, ...aliases } = record.aliases;
  store.put({ ...record, aliases });
}
