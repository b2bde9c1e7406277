/** The values of one cron field: `*`, `5`, `1-5`, `0/15`, `2-20/3`, `MON-FRI`, and lists of these. */
export interface FieldShape {
  readonly min: number;
  readonly max: number;
  /** Names in the order of their values, the first one standing for `min`. */
  readonly names?: readonly string[];
}

/** @throws RangeError where the text is no such field */
export function parseField(text: string, shape: FieldShape): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step] = part.split("/");
    if (step !== undefined && !/^[1-9]\d*$/.test(step)) throw new RangeError(`${part} has no step`);
    const [first, last] = bounds(range, step !== undefined, shape);
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

export function fieldValue(text: string, { min, max, names }: FieldShape): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new RangeError(`${text} is not between ${min} and ${max}`);
}

function bounds(range: string, stepped: boolean, shape: FieldShape): [number, number] {
  if (range === "*") return [shape.min, shape.max];
  const [low = "", high] = range.split("-");
  const first = fieldValue(low, shape);
  if (high === undefined) return [first, stepped ? shape.max : first];
  const last = fieldValue(high, shape);
  if (last < first) throw new RangeError(`${range} ends before it begins`);
  return [first, last];
}
