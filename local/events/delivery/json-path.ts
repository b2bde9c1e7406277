import type { JsonText } from "../patterns/json-text.ts";

/** `.name`, `['name']` or `[index]`; EventBridge takes no filters, slices or wildcards here. */
const STEP = /\.([^.[\]]+)|\['([^']+)'\]|\[(\d+)\]/y;

/**
 * The value at a JSON path like `$.detail.object.key`; undefined where the event has none.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 * @throws SyntaxError where the path is not one
 */
export function valueAt(json: JsonText, path: string): JsonText | undefined {
  if (!path.startsWith("$")) throw new SyntaxError(`JSON path ${path} must begin with $`);
  let at = 1;
  let found: JsonText | undefined = json;
  while (at < path.length) {
    STEP.lastIndex = at;
    const step = STEP.exec(path);
    if (step === null) throw new SyntaxError(`JSON path ${path} is not valid at position ${at}`);
    at = STEP.lastIndex;
    found = child(found, step[1] ?? step[2], step[3]);
  }
  return found;
}

function child(
  json: JsonText | undefined,
  name: string | undefined,
  index: string | undefined,
): JsonText | undefined {
  if (json?.kind === "object" && name !== undefined)
    return json.members.findLast(([key]) => key === name)?.[1];
  if (json?.kind === "array" && index !== undefined) return json.items[Number(index)];
  return undefined;
}
