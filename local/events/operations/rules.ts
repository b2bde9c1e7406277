import { z } from "zod";
import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import { type BusStore, type Rule } from "../bus-store.ts";
import { checkPattern, putRule, setRuleState } from "../rule-changes.ts";
import { compilePattern } from "../patterns/compile.ts";
import { eventFields, matches } from "../patterns/match.ts";
import { arn, busNameOrArn, page, ruleInput, ruleName } from "../shapes.ts";
import { checked } from "../validation.ts";
import { onePage } from "./paging.ts";

const named = z.object({ Name: ruleName, EventBusName: busNameOrArn });
const listRules = z.object({ NamePrefix: ruleName.optional(), EventBusName: busNameOrArn, ...page });
const listByTarget = z.object({ TargetArn: arn, EventBusName: busNameOrArn, ...page });
const testPattern = z.object({ EventPattern: z.string().max(4096), Event: z.string() });

const ENVELOPE = ["id", "account", "source", "time", "region", "resources", "detail-type"];

export function ruleOperations(
  context: CloudContext,
  store: BusStore,
): Readonly<Record<string, JsonOperation>> {
  const find = (input: z.output<typeof named>) => store.rule(input.EventBusName, input.Name);
  const arnOf = (input: z.output<typeof named>) =>
    store.ruleArn(store.busName(input.EventBusName), input.Name);
  return {
    async PutRule(body, request) {
      const input = checked(ruleInput, body);
      request.authorize(
        "events:PutRule",
        arnOf(input),
        input.EventPattern === undefined ? {} : patternConditions(input.EventPattern),
      );
      if (input.RoleArn !== undefined)
        request.authorize("iam:PassRole", input.RoleArn, { "iam:PassedToService": "events.amazonaws.com" });
      return { RuleArn: putRule(context, store, input).arn };
    },
    async DescribeRule(body, request) {
      const input = checked(named, body);
      request.authorize("events:DescribeRule", arnOf(input));
      return describe(find(input));
    },
    async ListRules(body, request) {
      const input = checked(listRules, body);
      request.authorize("events:ListRules", store.ruleArn(store.busName(input.EventBusName), "*"));
      const rules = store
        .rules(store.bus(input.EventBusName).name)
        .filter(({ name }) => name.startsWith(input.NamePrefix ?? ""));
      const { items, NextToken } = onePage(rules.sort(byName), input);
      return { Rules: items.map(describe), NextToken };
    },
    async ListRuleNamesByTarget(body, request) {
      const input = checked(listByTarget, body);
      request.authorize(
        "events:ListRuleNamesByTarget",
        store.ruleArn(store.busName(input.EventBusName), "*"),
      );
      const rules = store
        .rules(store.bus(input.EventBusName).name)
        .filter(({ targets }) => targets.some((target) => target.Arn === input.TargetArn));
      const { items, NextToken } = onePage(rules.sort(byName), input);
      return { RuleNames: items.map(({ name }) => name), NextToken };
    },
    async DeleteRule(body, request) {
      const input = checked(named, body);
      request.authorize("events:DeleteRule", arnOf(input));
      const rule = store.findRule(store.bus(input.EventBusName).name, input.Name);
      if (rule === undefined) return {};
      if (rule.targets.length > 0)
        throw new AwsError("ValidationException", "Rule can't be deleted since it has targets.");
      store.removeRule(rule);
      store.save();
      return {};
    },
    async EnableRule(body, request) {
      const input = checked(named, body);
      request.authorize("events:EnableRule", arnOf(input));
      setRuleState(context, store, find(input), "ENABLED");
      return {};
    },
    async DisableRule(body, request) {
      const input = checked(named, body);
      request.authorize("events:DisableRule", arnOf(input));
      setRuleState(context, store, find(input), "DISABLED");
      return {};
    },
    async TestEventPattern(body, request) {
      const input = checked(testPattern, body);
      request.authorize("events:TestEventPattern", "*");
      checkPattern(input.EventPattern);
      return { Result: matches(compilePattern(input.EventPattern), testedEvent(input.Event)) };
    },
  };
}

/** TestEventPattern wants the whole envelope. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html */
function testedEvent(event: string) {
  const invalid = (reason: string) =>
    new AwsError("ValidationException", `Parameter Event is not valid. Reason: ${reason}`);
  try {
    const fields: unknown = JSON.parse(event);
    const missing = ENVELOPE.filter(
      (name) => typeof fields !== "object" || fields === null || !(name in fields),
    );
    if (missing.length > 0) throw invalid(`The event has no ${missing.join(", ")}.`);
    return eventFields(event);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid("The event is not a JSON object.");
    throw error;
  }
}

function describe(rule: Rule) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.eventPattern,
    ScheduleExpression: rule.scheduleExpression,
    State: rule.state,
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: rule.bus,
  };
}

/** The condition keys that a policy may set on what a rule listens to. */
function patternConditions(pattern: string): Record<string, readonly string[]> {
  checkPattern(pattern);
  const { source } = JSON.parse(pattern) as { source?: readonly unknown[] };
  const sources = (source ?? []).filter((value) => typeof value === "string");
  return sources.length === 0 ? {} : { "events:source": sources };
}

function byName(a: Rule, b: Rule): number {
  return a.name < b.name ? -1 : 1;
}
