import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { Confirmations } from "./confirmations.ts";
import { subscriptionResource } from "./subscription-resource.ts";
import type { Topic, TopicStore } from "./topic-store.ts";

/** AWS::SNS::Topic, AWS::SNS::Subscription and AWS::SNS::TopicPolicy. */
export function topicResources(store: TopicStore, confirmations: Confirmations): ResourceProvider[] {
  return [
    topicResource(store, confirmations),
    subscriptionResource(store, confirmations),
    topicPolicyResource(store),
  ];
}

/** Properties that are attributes of the same name in the SNS API. */
const ATTRIBUTES = [
  "ContentBasedDeduplication",
  "DisplayName",
  "KmsMasterKeyId",
  "SignatureVersion",
  "TracingConfig",
] as const;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html */
function topicResource(store: TopicStore, confirmations: Confirmations): ResourceProvider {
  const apply = (topic: Topic, properties: Properties, previous: Properties): ResourceState => {
    for (const name of ATTRIBUTES) {
      if (properties[name] === undefined) delete topic.attributes[name];
      else topic.attributes[name] = String(properties[name]);
    }
    topic.tags.clear();
    for (const { Key, Value } of (properties["Tags"] ?? []) as { Key: string; Value: string }[])
      topic.tags.set(Key, Value);
    const wanted = subscriptionsOf(properties);
    for (const { Protocol, Endpoint } of subscriptionsOf(previous)) {
      if (wanted.some((one) => one.Protocol === Protocol && one.Endpoint === Endpoint)) continue;
      const gone = store
        .subscriptions(topic.arn)
        .find((subscription) => subscription.protocol === Protocol && subscription.endpoint === Endpoint);
      if (gone !== undefined) store.unsubscribe(gone.arn);
    }
    for (const { Protocol, Endpoint } of wanted) store.subscribe(topic.arn, Protocol, Endpoint);
    store.save();
    confirmations.confirmPending();
    return { physicalId: topic.arn, attributes: { TopicArn: topic.arn, TopicName: topic.name } };
  };
  return {
    type: "AWS::SNS::Topic",
    properties: {
      ...Object.fromEntries(ATTRIBUTES.map((name) => [name, "update" as const])),
      FifoTopic: "replace",
      Subscription: "update",
      Tags: "update",
      TopicName: "replace",
    },
    async create(properties, context) {
      const fifo = String(properties["FifoTopic"] ?? false) === "true";
      const suffix = fifo ? ".fifo" : "";
      const name = String(properties["TopicName"] ?? context.generateName({ maxLength: 256, suffix }));
      return apply(store.create(name, fifo ? { FifoTopic: "true" } : {}), properties, {});
    },
    async update(state, properties, previous) {
      const topic = store.topic(state.physicalId);
      if (topic === undefined) throw new AwsError("NotFound", "Topic does not exist", 404);
      return apply(topic, properties, previous);
    },
    delete: async (state) => void store.remove(state.physicalId),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html */
function topicPolicyResource(store: TopicStore): ResourceProvider {
  const put = (properties: Properties, policy: string | undefined) => {
    for (const arn of (properties["Topics"] ?? []) as readonly string[]) {
      const attributes = store.topic(arn)?.attributes;
      if (attributes === undefined) continue;
      if (policy === undefined) delete attributes["Policy"];
      else attributes["Policy"] = policy;
    }
    store.save();
  };
  return {
    type: "AWS::SNS::TopicPolicy",
    required: ["PolicyDocument", "Topics"],
    properties: { PolicyDocument: "update", Topics: "update" },
    async create(properties, context) {
      put(properties, JSON.stringify(properties["PolicyDocument"]));
      return { physicalId: context.generateName({ maxLength: 128 }), attributes: {} };
    },
    async update(state, properties, previous) {
      put(previous, undefined);
      put(properties, JSON.stringify(properties["PolicyDocument"]));
      return state;
    },
    delete: async (_, properties) => put(properties, undefined),
  };
}

function subscriptionsOf(properties: Properties): readonly { Protocol: string; Endpoint: string }[] {
  return (properties["Subscription"] ?? []) as readonly { Protocol: string; Endpoint: string }[];
}
