import type { Properties, ResourceProvider, ResourceState } from "../../cloudformation/resource-provider.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import type { BusStore } from "../bus-store.ts";

/**
 * One statement of a bus's policy. All callers of the local cloud are of its one account, so it is told by DescribeEventBus
 * and grants nothing that they have not.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
 */
export function busPolicyResource(store: BusStore): ResourceProvider {
  return {
    type: "AWS::Events::EventBusPolicy",
    properties: {
      EventBusName: "replace",
      StatementId: "replace",
      Statement: "update",
      Action: "update",
      Principal: "update",
      Condition: "update",
    },
    required: ["StatementId"],
    create: async (properties) => apply(properties),
    update: async (_state, properties) => apply(properties),
    async delete(_state, properties) {
      const bus = store.findBus(busOf(properties));
      if (bus === undefined) return;
      delete bus.statements[String(properties["StatementId"])];
      store.save();
    },
  };

  function apply(properties: Properties): ResourceState {
    const bus = store.bus(busOf(properties));
    const sid = String(properties["StatementId"]);
    bus.statements[sid] = { Sid: sid, ...statementOf(properties, bus.arn) };
    store.save();
    return { physicalId: `${bus.name}|${sid}`, attributes: {} };
  }
}

function busOf(properties: Properties): string | undefined {
  return typeof properties["EventBusName"] === "string" ? properties["EventBusName"] : undefined;
}

function statementOf({ Statement, Action, Principal, Condition }: Properties, busArn: string): object {
  if (typeof Statement === "object" && Statement !== null) return Statement;
  if (typeof Action !== "string" || typeof Principal !== "string") {
    throw new AwsError("ValidationException", "Either Statement, or Action and Principal, must be given.");
  }
  const aws = Principal === "*" ? "*" : { AWS: `arn:aws:iam::${Principal}:root` };
  const condition = Condition as { Type: string; Key: string; Value: string } | undefined;
  return {
    Effect: "Allow",
    Principal: aws,
    Action,
    Resource: busArn,
    ...(condition === undefined
      ? {}
      : { Condition: { [condition.Type]: { [condition.Key]: condition.Value } } }),
  };
}
