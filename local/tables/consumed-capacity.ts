import type { IndexUnits } from "./write-unit.ts";

type Document = Record<string, unknown>;

/**
 * Adds to an answer what its writes cost in indexes: an entry that is new, changed or removed is one write, one that
 * changes its key is two.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export function withIndexUnits(answer: Document, units: readonly IndexUnits[], detailed: boolean): Document {
  const consumed = answer["ConsumedCapacity"];
  if (consumed === undefined || units.length === 0) return answer;
  const add = (capacity: Document): Document => {
    const own = units.filter(({ table }) => table === capacity["TableName"]);
    const total = own.reduce((sum, entry) => sum + entry.units, Number(capacity["CapacityUnits"]));
    return { ...capacity, CapacityUnits: total, ...(detailed ? byIndex(own) : {}) };
  };
  const ConsumedCapacity = Array.isArray(consumed)
    ? consumed.map((capacity) => add(capacity as Document))
    : add(consumed as Document);
  return { ...answer, ConsumedCapacity };
}

function byIndex(units: readonly IndexUnits[]): Document {
  const of = (global: boolean) => {
    const sums: Record<string, { CapacityUnits: number }> = {};
    for (const entry of units.filter((candidate) => candidate.global === global)) {
      sums[entry.index] = { CapacityUnits: (sums[entry.index]?.CapacityUnits ?? 0) + entry.units };
    }
    return sums;
  };
  const [globals, locals] = [of(true), of(false)];
  return {
    ...(Object.keys(globals).length > 0 ? { GlobalSecondaryIndexes: globals } : {}),
    ...(Object.keys(locals).length > 0 ? { LocalSecondaryIndexes: locals } : {}),
  };
}
