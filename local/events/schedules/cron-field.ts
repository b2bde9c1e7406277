/** The values of one cron field: `*`, `5`, `1-5`, `0/15`, `2-20/3`, `MON-FRI`, `20-2`, and lists of these. */
export interface FieldShape {
  readonly min: number;
  readonly max: number;
  /** After `max` comes `min` again, so that `20-2` are the hours from the evening to the night. Not so for years. */
  readonly turns?: boolean;
  /** Names in the order of their values, the first one standing for `min`. */
  readonly names?: readonly string[];
}

/** @throws RangeError where the text is no such field */
export function parseField(text: string, shape: FieldShape): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", ...steps] = part.split("/");
    const [step] = steps;
    if (steps.length > 1 || (step !== undefined && !/^[1-9]\d*$/.test(step)))
      throw new RangeError(`${part} has no step`);
    const [first, last] = bounds(range, step !== undefined, shape);
    for (let value = first; value <= last; value += Number(step ?? 1))
      values.add(value > shape.max ? value - shape.max + shape.min - 1 : value);
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
  const [low = "", high, ...more] = range.split("-");
  if (more.length > 0) throw new RangeError(`${range} is no range`);
  const first = fieldValue(low, shape);
  if (high === undefined) return [first, stepped ? shape.max : first];
  const last = fieldValue(high, shape);
  if (last >= first) return [first, last];
  if (shape.turns !== true) throw new RangeError(`${range} ends before it begins`);
  return [first, last + shape.max - shape.min + 1];
}
