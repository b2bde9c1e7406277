import { BlockList, isIP } from "node:net";
import { matchesWildcard } from "./wildcard.ts";

/** What is known about a request, by condition key (`aws:SourceArn`, `ecs:cluster`); keys match without regard to case. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

type Test = (actual: string, wanted: string) => boolean;

const sameText: Test = (actual, wanted) => actual === wanted;
const number =
  (test: (actual: number, wanted: number) => boolean): Test =>
  (actual, wanted) =>
    test(Number(actual), Number(wanted));
const date =
  (test: (actual: number, wanted: number) => boolean): Test =>
  (actual, wanted) =>
    test(epoch(actual), epoch(wanted));

/**
 * The operators of a Condition block, without their prefixes and suffixes.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: sameText,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: (actual, wanted) => matchesWildcard(wanted, actual),
  ArnEquals: (actual, wanted) => matchesArn(wanted, actual),
  ArnLike: (actual, wanted) => matchesArn(wanted, actual),
  BinaryEquals: sameText,
  IpAddress: (actual, wanted) => isInBlock(actual, wanted),
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: number((actual, wanted) => actual === wanted),
  NumericLessThan: number((actual, wanted) => actual < wanted),
  NumericLessThanEquals: number((actual, wanted) => actual <= wanted),
  NumericGreaterThan: number((actual, wanted) => actual > wanted),
  NumericGreaterThanEquals: number((actual, wanted) => actual >= wanted),
  DateEquals: date((actual, wanted) => actual === wanted),
  DateLessThan: date((actual, wanted) => actual < wanted),
  DateLessThanEquals: date((actual, wanted) => actual <= wanted),
  DateGreaterThan: date((actual, wanted) => actual > wanted),
  DateGreaterThanEquals: date((actual, wanted) => actual >= wanted),
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
};

/** Whether IAM has such an operator, e.g. `ForAnyValue:StringLikeIfExists`. */
export function isConditionOperator(operator: string): boolean {
  const { name } = partsOf(operator);
  return name === "Null" || Object.hasOwn(OPERATORS, NEGATED[name] ?? name);
}

/**
 * Whether every operator and every key of a Condition block holds.
 * @throws Error naming an operator that is not one of IAM's
 */
export function conditionsHold(block: unknown, context: ConditionContext): boolean {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  return Object.entries((block ?? {}) as Record<string, Record<string, unknown>>).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      operatorHolds(operator, known.get(key.toLowerCase()), [wanted].flat().map(String)),
    ),
  );
}

function operatorHolds(
  operator: string,
  actual: readonly string[] | undefined,
  wanted: readonly string[],
): boolean {
  const { quantifier, name, ifExists } = partsOf(operator);
  if (name === "Null")
    return wanted.some((value) => (value.toLowerCase() === "true") === (actual === undefined));
  const positive = NEGATED[name] ?? name;
  const test = OPERATORS[positive];
  if (test === undefined) throw new Error(`"${operator}" is not a condition operator of IAM`);
  if (actual === undefined)
    return ifExists !== undefined || quantifier === "ForAllValues:" || positive !== name;
  const matches = (value: string) =>
    wanted.some((candidate) => test(value, candidate)) === (positive === name);
  return quantifier === "ForAnyValue:" || (quantifier === undefined && positive === name)
    ? actual.some(matches)
    : actual.every(matches);
}

function partsOf(operator: string) {
  const [, quantifier, name = "", ifExists] =
    /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  return { quantifier, name, ifExists };
}

/** `203.0.113.0/24`, or an address alone. */
function isInBlock(address: string, block: string): boolean {
  const [network = "", prefix] = block.split("/");
  const version = isIP(network);
  if (version === 0 || isIP(address) !== version) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(network, Number(prefix ?? (version === 4 ? 32 : 128)), family);
  return list.check(address, family);
}

/** Each of an ARN's six parts is compared on its own, so that `*` does not cross a colon. */
function matchesArn(pattern: string, arn: string): boolean {
  const wanted = arnParts(pattern);
  const actual = arnParts(arn);
  return (
    wanted.length === actual.length &&
    wanted.every((part, index) => matchesWildcard(part, actual[index] ?? ""))
  );
}

function arnParts(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function epoch(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
