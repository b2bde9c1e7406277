/** DynamoDB nests at most 32 levels, and the item around a value takes some of them. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_LEVELS = 28;

/** Whether a job may carry the JSON value itself; else it has to be a file that the job names. */
export function fitsIntoItem(value: unknown, maxBytes: number): boolean {
  return isShallow(value) && Buffer.byteLength(JSON.stringify(value) ?? "") <= maxBytes;
}

/** Level by level, because a value may be nested deeper than calls can be. */
function isShallow(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= MAX_LEVELS; depth += 1) {
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
    if (level.length === 0) return true;
  }
  return false;
}
