import type { JsonText } from "./json-text.ts";
import { PatternError } from "./pattern-error.ts";
import type { TextTest } from "./text-tests.ts";

const COMPARISONS: ReadonlyMap<string, (value: number, bound: number) => boolean> = new Map([
  ["=", (value, bound) => value === bound],
  [">", (value, bound) => value > bound],
  [">=", (value, bound) => value >= bound],
  ["<", (value, bound) => value < bound],
  ["<=", (value, bound) => value <= bound],
]);

/** The value of a JSON number's text, as an IEEE double; undefined for every other JSON text. */
export function numberOf(text: string): number | undefined {
  if (!/^[-\d]/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * `[op, number]`, or a range from `>`/`>=` to `<`/`<=` in this order.
 * @throws PatternError
 */
export function numericTest(argument: JsonText): TextTest {
  if (argument.kind !== "array") throw new PatternError("Value of numeric must be an array.");
  const { items } = argument;
  if (items.length !== 2 && items.length !== 4)
    throw new PatternError("Too many elements in numeric expression");
  const bounds = items.length === 2 ? [bound(items, 0)] : [bound(items, 0), bound(items, 2)];
  const [low, high] = bounds;
  if (low !== undefined && high !== undefined) {
    if (!low.operator.startsWith(">")) throw new PatternError("Too many elements in numeric expression");
    if (!high.operator.startsWith("<"))
      throw new PatternError(`Bad numeric range operator: ${high.operator}`);
    if (low.number >= high.number) throw new PatternError("Bottom must be less than top");
  }
  return (text) => {
    const value = numberOf(text);
    return value !== undefined && bounds.every(({ compare, number }) => compare(value, number));
  };
}

function bound(items: readonly JsonText[], at: number) {
  const [operator, value] = items.slice(at, at + 2);
  if (operator?.kind !== "string") throw new PatternError("Invalid member in numeric match");
  const compare = COMPARISONS.get(operator.value);
  if (compare === undefined) throw new PatternError(`Unrecognized numeric range operator: ${operator.value}`);
  const number = value?.kind === "number" ? numberOf(value.text) : undefined;
  if (number === undefined) throw new PatternError(`Value of ${operator.value} must be numeric`);
  return { operator: operator.value, compare, number };
}
