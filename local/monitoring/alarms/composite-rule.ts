import { AwsError } from "../../gateway/aws-error.ts";
import type { AlarmState } from "./alarm.ts";

/** Whether the rule holds, given the state of an alarm by name or ARN; undefined for one that is not there. */
type Rule = (stateOf: (alarm: string) => AlarmState | undefined) => boolean;

const word =
  /\s*(?:([()])|(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^)]+?))\s*\)|(TRUE|FALSE|AND|OR|NOT)\b)/y;

/**
 * The AlarmRule of a composite alarm: ALARM(name), OK(name), INSUFFICIENT_DATA(name), TRUE, FALSE, AND, OR, NOT and brackets.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 * @throws AwsError ValidationError
 */
export function parseRule(text: string): Rule {
  const words = wordsOf(text);
  let at = 0;
  const operand = (): Rule => {
    const next = words[at++];
    if (next === "NOT") {
      const inner = operand();
      return (stateOf) => !inner(stateOf);
    }
    if (next === "TRUE" || next === "FALSE") return () => next === "TRUE";
    if (next === "(") {
      const inner = either();
      if (words[at++] !== ")") throw notUnderstood(text);
      return inner;
    }
    if (typeof next === "object") return (stateOf) => stateOf(next.alarm) === next.state;
    throw notUnderstood(text);
  };
  const both = (): Rule => chain(operand, "AND", (a, b) => (stateOf) => a(stateOf) && b(stateOf));
  const either = (): Rule => chain(both, "OR", (a, b) => (stateOf) => a(stateOf) || b(stateOf));
  const chain = (part: () => Rule, sign: string, join: (a: Rule, b: Rule) => Rule): Rule => {
    let rule = part();
    while (words[at] === sign) {
      at += 1;
      rule = join(rule, part());
    }
    return rule;
  };
  const rule = either();
  if (at < words.length) throw notUnderstood(text);
  return rule;
}

type Word = string | { readonly state: AlarmState; readonly alarm: string };

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  word.lastIndex = 0;
  while (text.slice(word.lastIndex).trim() !== "") {
    const match = word.exec(text);
    if (match === null) throw notUnderstood(text);
    const [, bracket, state, double, single, bare, sign] = match;
    if (state === undefined) words.push(bracket ?? sign ?? "");
    else words.push({ state: state as AlarmState, alarm: double ?? single ?? bare ?? "" });
  }
  return words;
}

const notUnderstood = (rule: string): AwsError =>
  new AwsError("ValidationError", `AlarmRule is not understood: ${rule}`);
