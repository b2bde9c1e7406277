import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type ReceiveMessageCommandInput,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
} from "@aws-sdk/client-sqs";
import type { Script } from "../script.ts";

export const sqsScript: Script = {
  service: "SQS",
  steps(settings) {
    const sqs = new SQSClient(settings);
    let QueueUrl = "";
    let fifo = "";
    let receipt = "";
    const send = (more: object = {}) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello", ...more }));
    const receive = async (more: Partial<ReceiveMessageCommandInput> = {}) => {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, ...more }),
      );
      receipt = Messages?.[0]?.ReceiptHandle ?? receipt;
      return Messages?.map(({ Body, MD5OfBody, MessageAttributes, Attributes }) => ({
        Body,
        MD5OfBody,
        MessageAttributes,
        received: Attributes?.ApproximateReceiveCount,
      }));
    };
    return [
      ["the URL of no queue", () => sqs.send(new GetQueueUrlCommand({ QueueName: "none" }))],
      [
        "create",
        async () => {
          QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: "one" }))).QueueUrl ?? "";
          return QueueUrl;
        },
      ],
      [
        "create it again",
        async () => (await sqs.send(new CreateQueueCommand({ QueueName: "one" }))).QueueUrl,
      ],
      [
        "create it otherwise",
        () => sqs.send(new CreateQueueCommand({ QueueName: "one", Attributes: { VisibilityTimeout: "7" } })),
      ],
      ["a bad name", () => sqs.send(new CreateQueueCommand({ QueueName: "not a name" }))],
      [
        "an attribute out of range",
        () =>
          sqs.send(new CreateQueueCommand({ QueueName: "two", Attributes: { VisibilityTimeout: "43201" } })),
      ],
      [
        "default attributes",
        async () => {
          const { Attributes = {} } = await sqs.send(
            new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
          );
          const { CreatedTimestamp: _created, LastModifiedTimestamp: _modified, ...rest } = Attributes;
          return Object.fromEntries(Object.entries(rest).sort());
        },
      ],
      ["receive nothing", () => receive({ WaitTimeSeconds: 0 })],
      [
        "send",
        async () => {
          const { MD5OfMessageBody, MD5OfMessageAttributes, SequenceNumber } = await send({
            MessageAttributes: { colour: { DataType: "String", StringValue: "red" } },
          });
          return { MD5OfMessageBody, MD5OfMessageAttributes, SequenceNumber };
        },
      ],
      [
        "receive",
        () =>
          receive({
            MessageAttributeNames: ["All"],
            MessageSystemAttributeNames: ["ApproximateReceiveCount"],
          }),
      ],
      [
        "make it visible again",
        () =>
          sqs.send(
            new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 }),
          ),
      ],
      ["receive again", () => receive({ MessageSystemAttributeNames: ["ApproximateReceiveCount"] })],
      [
        "delete",
        () => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt })).then(() => undefined),
      ],
      [
        "delete it again",
        () => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt })).then(() => undefined),
      ],
      ["a delay too long", () => send({ DelaySeconds: 901 })],
      [
        "eleven in a batch",
        () =>
          sqs.send(
            new SendMessageBatchCommand({
              QueueUrl,
              Entries: Array.from({ length: 11 }, (_, i) => ({ Id: `${i}`, MessageBody: "x" })),
            }),
          ),
      ],
      ["a batch of none", () => sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] }))],
      [
        "an id twice in a batch",
        () =>
          sqs.send(
            new DeleteMessageBatchCommand({
              QueueUrl,
              Entries: [
                { Id: "a", ReceiptHandle: "x" },
                { Id: "a", ReceiptHandle: "y" },
              ],
            }),
          ),
      ],
      [
        "a receipt that is none",
        () => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "none" })),
      ],
      ["eleven at once", () => receive({ MaxNumberOfMessages: 11 })],
      ["a wait too long", () => receive({ WaitTimeSeconds: 21 })],
      [
        "a FIFO queue without its suffix",
        () => sqs.send(new CreateQueueCommand({ QueueName: "f", Attributes: { FifoQueue: "true" } })),
      ],
      [
        "a FIFO queue",
        async () => {
          fifo =
            (
              await sqs.send(
                new CreateQueueCommand({ QueueName: "f.fifo", Attributes: { FifoQueue: "true" } }),
              )
            ).QueueUrl ?? "";
          return fifo;
        },
      ],
      ["no group", () => send({ QueueUrl: fifo })],
      ["no deduplication id", () => send({ QueueUrl: fifo, MessageGroupId: "g" })],
      [
        "the same twice",
        async () => {
          const first = await send({ QueueUrl: fifo, MessageGroupId: "g", MessageDeduplicationId: "d" });
          const second = await send({ QueueUrl: fifo, MessageGroupId: "g", MessageDeduplicationId: "d" });
          return { same: first.MessageId === second.MessageId, digits: typeof first.SequenceNumber };
        },
      ],
      [
        "a delay in a FIFO queue",
        () => send({ QueueUrl: fifo, MessageGroupId: "g", MessageDeduplicationId: "e", DelaySeconds: 1 }),
      ],
      [
        "a dead letter queue that is not there",
        () =>
          sqs.send(
            new SetQueueAttributesCommand({
              QueueUrl,
              Attributes: {
                RedrivePolicy: JSON.stringify({
                  deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:absent",
                  maxReceiveCount: 3,
                }),
              },
            }),
          ),
      ],
      [
        "tag",
        async () => {
          await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { a: "b" } }));
          return (await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags;
        },
      ],
      [
        "list by prefix",
        async () => (await sqs.send(new ListQueuesCommand({ QueueNamePrefix: "o" }))).QueueUrls,
      ],
      [
        "an attribute that is none",
        () => sqs.send(new CreateQueueCommand({ QueueName: "two", Attributes: { Colour: "red" } as never })),
      ],
      ["an empty message", () => send({ MessageBody: "" })],
      ["characters that may not be", () => send({ MessageBody: "a\u0000b" })],
      ["delete the queue", () => sqs.send(new DeleteQueueCommand({ QueueUrl })).then(() => undefined)],
      ["send to what was deleted", () => send()],
    ];
  },
};
