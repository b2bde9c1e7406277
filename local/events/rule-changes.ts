import type { CloudContext } from "../context/cloud-context.ts";
import { isJson } from "../context/is-json.ts";
import { AwsError, notImplemented } from "../gateway/aws-error.ts";
import { type BusStore, DEFAULT_BUS, type Rule } from "./bus-store.ts";
import { valueAt } from "./delivery/json-path.ts";
import { targetKind } from "./delivery/send.ts";
import { compilePattern } from "./patterns/compile.ts";
import { PatternError } from "./patterns/pattern-error.ts";
import { parseSchedule } from "./schedules/schedule.ts";
import type { RuleInput, Target } from "./shapes.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
export const MAX_RULES_PER_BUS = 300;
export const MAX_TARGETS_PER_RULE = 5;

/** @throws AwsError InvalidEventPatternException */
export function checkPattern(pattern: string): void {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new AwsError(
      "InvalidEventPatternException",
      `Event pattern is not valid. Reason: ${error.message}`,
    );
  }
}

/**
 * Makes a rule or changes it, as PutRule does: what is not given is removed, targets and tags stay.
 * @throws AwsError ValidationException, InvalidEventPatternException, LimitExceededException, ResourceNotFoundException
 */
export function putRule(context: CloudContext, store: BusStore, input: RuleInput): Rule {
  const bus = store.bus(input.EventBusName).name;
  const { EventPattern, ScheduleExpression } = input;
  if (EventPattern === undefined && ScheduleExpression === undefined) {
    throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (EventPattern !== undefined) checkPattern(EventPattern);
  if (ScheduleExpression !== undefined) checkSchedule(ScheduleExpression, bus);
  const before = store.findRule(bus, input.Name);
  if (before === undefined && store.rules(bus).length >= MAX_RULES_PER_BUS) throw overLimit();
  const state = input.State ?? "ENABLED";
  const sameSchedule = before?.scheduleExpression === ScheduleExpression && before?.state === state;
  const rule: Rule = {
    name: input.Name,
    bus,
    arn: store.ruleArn(bus, input.Name),
    state,
    ...(EventPattern === undefined ? {} : { eventPattern: EventPattern }),
    ...(ScheduleExpression === undefined ? {} : { scheduleExpression: ScheduleExpression }),
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
    tags: before?.tags ?? Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    targets: before?.targets ?? [],
    scheduledFrom: before !== undefined && sameSchedule ? before.scheduledFrom : context.clock.now(),
  };
  store.addRule(rule);
  store.save();
  return rule;
}

export function setRuleState(
  context: CloudContext,
  store: BusStore,
  rule: Rule,
  state: "ENABLED" | "DISABLED",
): void {
  if (rule.state === state) return;
  rule.state = state;
  rule.scheduledFrom = context.clock.now();
  store.save();
}

/**
 * Adds targets to a rule; one with a known id is replaced.
 * @throws AwsError ValidationException, LimitExceededException, and NotImplemented for a target that the local cloud has not
 */
export function putTargets(store: BusStore, rule: Rule, targets: readonly Target[]): void {
  for (const target of targets) checkTarget(target);
  const ids = new Set(targets.map(({ Id }) => Id));
  const all = [...rule.targets.filter(({ Id }) => !ids.has(Id)), ...targets];
  if (all.length > MAX_TARGETS_PER_RULE) throw overLimit();
  rule.targets = all;
  store.save();
}

function checkSchedule(expression: string, bus: string): void {
  if (bus !== DEFAULT_BUS) throw invalid("ScheduleExpression is supported only on the default event bus.");
  try {
    parseSchedule(expression);
  } catch (error) {
    if (error instanceof RangeError) throw invalid("Parameter ScheduleExpression is not valid.");
    throw error;
  }
}

function checkTarget(target: Target): void {
  const kind = targetKind(target.Arn);
  if (!/^arn:[^:]+:[^:]+:/.test(target.Arn)) {
    throw invalid(`Parameter ${target.Arn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  if (kind === undefined) throw notImplemented(`the EventBridge target ${target.Arn}`);
  const inputs = [target.Input, target.InputPath, target.InputTransformer].filter(
    (input) => input !== undefined,
  );
  if (inputs.length > 1)
    throw invalid(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${target.Id}.`,
    );
  if (target.Input !== undefined && !isJson(target.Input))
    throw invalid(`JSON syntax error in input for target ${target.Id}`);
  if (target.InputPath !== undefined) checkPath(target.InputPath);
  for (const path of Object.values(target.InputTransformer?.InputPathsMap ?? {})) checkPath(path);
  if (kind === "cluster" && target.RoleArn === undefined)
    throw invalid(`RoleArn is required for target ${target.Arn}.`);
  if (kind === "cluster" && target.EcsParameters === undefined) {
    throw invalid(`Parameter(s) EcsParameters must be specified for target: ${target.Id}.`);
  }
  if (
    kind === "queue" &&
    target.Arn.endsWith(".fifo") &&
    target.SqsParameters?.MessageGroupId === undefined
  ) {
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${target.Id}.`);
  }
}

function checkPath(path: string): void {
  try {
    valueAt({ kind: "null", text: "null" }, path);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(`InputPath is not valid: ${error.message}`);
    throw error;
  }
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function overLimit(): AwsError {
  return new AwsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
}
