/** DynamoDB nests at most 32 levels, and the item around a value takes some of them. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_LEVELS = 28;

/** Nearer to zero a number is an error. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const LEAST_NUMBER = 1e-130;

/** What a refusal says of such a value, in words that go on "is ..." */
export const UNFIT = "too long, nested too deeply, or has a number beyond 2^53 or nearer to zero than 1e-130";

/** Whether a job may carry the JSON value itself; else it has to be a file that the job names. */
export function fitsIntoItem(value: unknown, maxBytes: number): boolean {
  return isMadeOfWhatFits(value) && Buffer.byteLength(JSON.stringify(value) ?? "") <= maxBytes;
}

/** Level by level, because a value may be nested deeper than calls can be. */
function isMadeOfWhatFits(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= MAX_LEVELS; depth += 1) {
    if (level.some((item) => typeof item === "number" && !isStorable(item))) return false;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
    if (level.length === 0) return true;
  }
  return false;
}

/** JavaScript has lost digits of larger ones, so the SDK refuses to write them. */
function isStorable(number: number): boolean {
  const size = Math.abs(number);
  return size <= Number.MAX_SAFE_INTEGER && (size >= LEAST_NUMBER || size === 0);
}
