import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { checkAttributes, DEFAULT_ATTRIBUTES } from "./queue-attributes.ts";
import type { Queue } from "./queue.ts";
import { checkRedrive } from "./redrive-rules.ts";
import type { QueueStore } from "./queue-store.ts";

/** AWS::SQS::Queue and AWS::SQS::QueuePolicy. */
export function queueResources(store: QueueStore): ResourceProvider[] {
  return [queueResource(store), queuePolicyResource(store)];
}

/** Properties that are attributes of the same name in the SQS API. */
const ATTRIBUTES = [
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "DelaySeconds",
  "FifoThroughputLimit",
  "KmsDataKeyReusePeriodSeconds",
  "KmsMasterKeyId",
  "MaximumMessageSize",
  "MessageRetentionPeriod",
  "ReceiveMessageWaitTimeSeconds",
  "RedriveAllowPolicy",
  "RedrivePolicy",
  "SqsManagedSseEnabled",
  "VisibilityTimeout",
] as const;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html */
function queueResource(store: QueueStore): ResourceProvider {
  return {
    type: "AWS::SQS::Queue",
    properties: {
      ...Object.fromEntries(ATTRIBUTES.map((name) => [name, "update" as const])),
      FifoQueue: "replace",
      QueueName: "replace",
      Tags: "update",
    },
    async create(properties, context) {
      const fifo = String(properties["FifoQueue"] ?? false) === "true";
      const suffix = fifo ? ".fifo" : "";
      const name = String(properties["QueueName"] ?? context.generateName({ maxLength: 80, suffix }));
      const attributes = { ...attributesOf(properties), ...(fifo ? { FifoQueue: "true" } : {}) };
      return stateOf(store.create(name, attributes, tagsOf(properties)));
    },
    async update(state, properties, previous) {
      const queue = store.byUrl(state.physicalId);
      if (queue === undefined) throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
      // A property that the template no longer has goes back to its default.
      const dropped = Object.keys(attributesOf(previous)).map((name) => [
        name,
        DEFAULT_ATTRIBUTES[name] ?? "",
      ]);
      const attributes = {
        ...(Object.fromEntries(dropped) as Record<string, string>),
        ...attributesOf(properties),
      };
      checkAttributes(attributes, queue.isFifo());
      checkRedrive(store, queue.arn, attributes);
      queue.tags.clear();
      for (const [key, value] of Object.entries(tagsOf(properties))) queue.tags.set(key, value);
      queue.setAttributes(attributes);
      return stateOf(queue);
    },
    async delete(state) {
      const queue = store.byUrl(state.physicalId);
      if (queue !== undefined) store.remove(queue);
    },
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html */
function queuePolicyResource(store: QueueStore): ResourceProvider {
  const put = (properties: Properties, policy: string) => {
    for (const url of (properties["Queues"] ?? []) as readonly string[]) {
      store.byUrl(url)?.setAttributes({ Policy: policy });
    }
  };
  const apply = (properties: Properties) => put(properties, JSON.stringify(properties["PolicyDocument"]));
  return {
    type: "AWS::SQS::QueuePolicy",
    required: ["PolicyDocument", "Queues"],
    properties: { PolicyDocument: "update", Queues: "update" },
    async create(properties, context) {
      apply(properties);
      return { physicalId: context.generateName({ maxLength: 128 }), attributes: {} };
    },
    async update(state, properties, previous) {
      put(previous, "");
      apply(properties);
      return state;
    },
    delete: async (_, properties) => put(properties, ""),
  };
}

function stateOf(queue: Queue): ResourceState {
  return {
    physicalId: queue.url,
    attributes: { Arn: queue.arn, QueueName: queue.name, QueueUrl: queue.url },
  };
}

function attributesOf(properties: Properties): Record<string, string> {
  const given = ATTRIBUTES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, text(properties[name])]));
}

function text(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function tagsOf(properties: Properties): Record<string, string> {
  const tags = (properties["Tags"] ?? []) as readonly { Key: string; Value: string }[];
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}
