import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { Confirmations } from "./confirmations.ts";
import { checkSubscriptionAttributes, SUBSCRIPTION_ATTRIBUTES } from "./subscription-attributes.ts";
import type { Subscription, TopicStore } from "./topic-store.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html */
export function subscriptionResource(store: TopicStore, confirmations: Confirmations): ResourceProvider {
  const apply = (subscription: Subscription, properties: Properties): ResourceState => {
    for (const name of SUBSCRIPTION_ATTRIBUTES) {
      const value = properties[name];
      const text = typeof value === "object" ? JSON.stringify(value) : String(value);
      if (value !== undefined) checkSubscriptionAttributes(subscription.protocol, { [name]: text });
      if (value === undefined) delete subscription.attributes[name];
      else subscription.attributes[name] = text;
    }
    store.save();
    confirmations.confirmPending();
    return { physicalId: subscription.arn, attributes: { Arn: subscription.arn } };
  };
  return {
    type: "AWS::SNS::Subscription",
    required: ["Protocol", "TopicArn"],
    properties: {
      Endpoint: "replace",
      Protocol: "replace",
      TopicArn: "replace",
      ...Object.fromEntries(SUBSCRIPTION_ATTRIBUTES.map((name) => [name, "update" as const])),
    },
    create: async (properties) => {
      const { TopicArn: topic, Protocol: protocol, Endpoint: endpoint } = properties;
      return apply(store.subscribe(String(topic), String(protocol), String(endpoint)), properties);
    },
    async update(state, properties) {
      const subscription = store.subscription(state.physicalId);
      if (subscription === undefined) throw new AwsError("NotFound", "Subscription does not exist", 404);
      return apply(subscription, properties);
    },
    delete: async (state) => void store.unsubscribe(state.physicalId),
  };
}
