/*
 * What DynamoDB counts, on demand as provisioned: a write unit is a KB of one item, a read unit 4 KB of it read consistently, half a
 * one read eventually; each item is rounded up by itself, a query's items together.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

export function readUnits(bytes: number, consistency: "consistent" | "eventual"): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (consistency === "consistent" ? 1 : 0.5);
}

/**
 * The size of an item: the names of its attributes and their values, in UTF-8.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => (value === undefined ? sum : sum + Buffer.byteLength(name) + valueBytes(value)),
    0,
  );
}

/** A list or a map has three bytes of its own, and one for each element. */
const CONTAINER_BYTES = 3;

function valueBytes(value: unknown): number {
  switch (typeof value) {
    case "string":
      return Buffer.byteLength(value);
    case "number":
      return numberBytes(value);
    case "object":
      if (value === null) return 1;
      return Array.isArray(value)
        ? value.reduce((sum: number, element) => sum + 1 + valueBytes(element), CONTAINER_BYTES)
        : CONTAINER_BYTES +
            Object.values(value).filter((member) => member !== undefined).length +
            itemBytes(value as Record<string, unknown>);
    default:
      return 1;
  }
}

/** A byte for two significant digits, and one or two more. */
function numberBytes(value: number): number {
  const digits = Math.abs(value)
    .toString()
    .replace(/e.*$|\./g, "")
    .replace(/^0+|0+$/g, "").length;
  return Math.ceil(digits / 2) + (value < 0 ? 2 : 1);
}
