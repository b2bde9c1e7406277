import { notImplemented } from "../../gateway/aws-error.ts";
import type { Expression } from "./parse.ts";

/** Values by the begin of their period, milliseconds since 1970. */
export type Series = ReadonlyMap<number, number>;
export type Value = number | string | Series | readonly Series[];

export interface MathScope {
  /** The series of the query with this id. @throws AwsError where there is none */
  series(id: string): Series;
  /** The quota behind the usage metric of the query with this id. */
  quota(id: string): number | undefined;
  /** All metrics of the request, or those whose id has this text. */
  metrics(idPart: string | undefined): readonly Series[];
  /** Every period that is looked at, oldest first. */
  readonly times: readonly number[];
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  "<=": (a, b) => Number(a <= b),
  ">=": (a, b) => Number(a >= b),
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "&&": (a, b) => Number(a !== 0 && b !== 0),
  "||": (a, b) => Number(a !== 0 || b !== 0),
};

const folds: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((a, b) => a + b, 0),
  AVG: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const maps: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

/** Its parameter is looked at for the metric that it names, and not for that metric's values. */
const QUOTA = "SERVICE_QUOTA";

const known = new Set([...Object.keys(folds), ...Object.keys(maps), "IF", "FILL", "METRICS", QUOTA]);

/** @throws AwsError NotImplemented that names a function which the local cloud does not have */
export function checkFunctions(names: readonly string[]): void {
  for (const name of names) if (!known.has(name)) throw notImplemented(`the metric math function ${name}`);
}

/**
 * Metric math: a period without a value on one side has none in the result, and a division by zero gives none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluate(expression: Expression, scope: MathScope): Value {
  switch (expression.kind) {
    case "number":
    case "text":
      return expression.value;
    case "reference":
      return scope.series(expression.id);
    case "list":
      return expression.items.map((item) => seriesOf(evaluate(item, scope), scope));
    case "operation":
      return operate(
        expression.sign,
        evaluate(expression.left, scope),
        evaluate(expression.right, scope),
        scope,
      );
    case "call":
      if (expression.name === QUOTA) return quotaOf(expression.parameters[0], scope);
      return call(
        expression.name,
        expression.parameters.map((parameter) => evaluate(parameter, scope)),
        scope,
      );
  }
}

/** A number as the same value in each period. */
export function seriesOf(value: Value, { times }: MathScope): Series {
  if (typeof value === "number")
    return new Map(Number.isFinite(value) ? times.map((time) => [time, value]) : []);
  if (value instanceof Map) return value;
  throw notImplemented("metric math that gives several series or a text");
}

function operate(sign: string, left: Value, right: Value, scope: MathScope): Value {
  const operation = operations[sign];
  if (operation === undefined) throw notImplemented(`the metric math operator ${sign}`);
  if (typeof left === "number" && typeof right === "number") return operation(left, right);
  return combine(scope, [left, right], ([a = 0, b = 0]) => operation(a, b));
}

/** One value a period out of those of all sides; none where a side has none, or the result is no number. */
function combine(
  scope: MathScope,
  sides: readonly Value[],
  of: (values: readonly number[]) => number,
): Series {
  const all = sides.map((side) => seriesOf(side, scope));
  const times = [...(all.find((_, index) => typeof sides[index] !== "number") ?? all[0] ?? new Map()).keys()];
  const values = times.flatMap((time): [number, number][] => {
    const here = all.map((series) => series.get(time));
    if (here.some((value) => value === undefined)) return [];
    const value = of(here as number[]);
    return Number.isFinite(value) ? [[time, value]] : [];
  });
  return new Map(values);
}

function call(name: string, parameters: readonly Value[], scope: MathScope): Value {
  const [first = 0, second, third = 0] = parameters;
  const fold = folds[name];
  if (fold !== undefined) return folded(first, fold, scope);
  const map = maps[name];
  if (map !== undefined) return combine(scope, [first], ([value = 0]) => map(value));
  if (name === "METRICS") return scope.metrics(typeof parameters[0] === "string" ? parameters[0] : undefined);
  if (name === "FILL") return filled(seriesOf(first, scope), second, scope);
  if (name === "IF") return chosen(seriesOf(first, scope), second ?? 0, third, scope);
  throw notImplemented(`the metric math function ${name}`);
}

/** No value where the account's quota is not known. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html */
function quotaOf(metric: Expression | undefined, scope: MathScope): Value {
  if (metric?.kind !== "reference") throw notImplemented("SERVICE_QUOTA of anything but a metric's id");
  return scope.quota(metric.id) ?? new Map();
}

/** Of one series a number, of several ones a series. */
function folded(value: Value, fold: (values: readonly number[]) => number, scope: MathScope): Value {
  if (!Array.isArray(value)) {
    const values = [...seriesOf(value, scope).values()];
    return values.length === 0 ? new Map() : fold(values);
  }
  const all = value as readonly Series[];
  const entries = scope.times.flatMap((time): [number, number][] => {
    const here = all.flatMap((series) => series.get(time) ?? []);
    return here.length === 0 ? [] : [[time, fold(here)]];
  });
  return new Map(entries);
}

function filled(series: Series, filler: Value | undefined, scope: MathScope): Series {
  if (typeof filler !== "number")
    throw notImplemented("the metric math function FILL with REPEAT, LINEAR or a series");
  return new Map(scope.times.map((time) => [time, series.get(time) ?? filler]));
}

/** Only the side that is chosen must have a value. */
function chosen(condition: Series, then: Value, otherwise: Value, scope: MathScope): Series {
  const [ifTrue, ifFalse] = [seriesOf(then, scope), seriesOf(otherwise, scope)];
  const entries = [...condition].flatMap(([time, holds]): [number, number][] => {
    const value = (holds === 0 ? ifFalse : ifTrue).get(time);
    return value === undefined ? [] : [[time, value]];
  });
  return new Map(entries);
}
