import { z } from "zod";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import type { BusStore } from "../bus-store.ts";
import { putTargets } from "../rule-changes.ts";
import { busNameOrArn, page, ruleName, target } from "../shapes.ts";
import { checked } from "../validation.ts";
import { onePage } from "./paging.ts";

const onRule = { Rule: ruleName, EventBusName: busNameOrArn };
const put = z.object({ ...onRule, Targets: z.array(target).min(1).max(100) });
const remove = z.object({ ...onRule, Ids: z.array(z.string()).min(1).max(100) });
const list = z.object({ ...onRule, ...page });

export function targetOperations(store: BusStore): Readonly<Record<string, JsonOperation>> {
  const arnOf = (input: { Rule: string; EventBusName?: string | undefined }) =>
    store.ruleArn(store.busName(input.EventBusName), input.Rule);
  return {
    async PutTargets(body, request) {
      const input = checked(put, body);
      request.authorize("events:PutTargets", arnOf(input), {
        "events:TargetArn": input.Targets.map(({ Arn }) => Arn),
      });
      for (const { RoleArn } of input.Targets) {
        if (RoleArn !== undefined)
          request.authorize("iam:PassRole", RoleArn, { "iam:PassedToService": "events.amazonaws.com" });
      }
      putTargets(store, store.rule(input.EventBusName, input.Rule), input.Targets);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    async RemoveTargets(body, request) {
      const input = checked(remove, body);
      request.authorize("events:RemoveTargets", arnOf(input));
      const rule = store.rule(input.EventBusName, input.Rule);
      const unknown = input.Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id));
      rule.targets = rule.targets.filter(({ Id }) => !input.Ids.includes(Id));
      store.save();
      const failed = unknown.map((TargetId) => ({
        TargetId,
        ErrorCode: "ResourceNotFoundException",
        ErrorMessage: `Rule ${rule.name} does not have a target with the Id ${TargetId}.`,
      }));
      return { FailedEntryCount: failed.length, FailedEntries: failed };
    },
    async ListTargetsByRule(body, request) {
      const input = checked(list, body);
      request.authorize("events:ListTargetsByRule", arnOf(input));
      const { items, NextToken } = onePage(store.rule(input.EventBusName, input.Rule).targets, input);
      return { Targets: items, NextToken };
    },
  };
}
