import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Script } from "../script.ts";

/** Without it, SNS may not put anything into the queue. */
const OPEN = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: "*",
    },
  ],
});

export const snsScript: Script = {
  service: "SNS",
  steps(settings) {
    const sns = new SNSClient(settings);
    const sqs = new SQSClient(settings);
    let TopicArn = "";
    let SubscriptionArn: string | undefined;
    let QueueUrl: string | undefined;
    const publish = (more: object) =>
      sns.send(new PublishCommand({ TopicArn, Message: "m", ...more })).then(({ MessageId }) => MessageId);
    const received = async () => {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2, MessageAttributeNames: ["All"] }),
      );
      return Messages?.map(({ Body, MessageAttributes }) => ({ Body, MessageAttributes }));
    };
    return [
      [
        "create",
        async () => {
          TopicArn = (await sns.send(new CreateTopicCommand({ Name: "news" }))).TopicArn ?? "";
          return TopicArn;
        },
      ],
      ["create it again", async () => (await sns.send(new CreateTopicCommand({ Name: "news" }))).TopicArn],
      ["a bad name", () => sns.send(new CreateTopicCommand({ Name: "not a name" }))],
      [
        "a FIFO topic without its suffix",
        () => sns.send(new CreateTopicCommand({ Name: "f", Attributes: { FifoTopic: "true" } })),
      ],
      [
        "attributes of no topic",
        () => sns.send(new GetTopicAttributesCommand({ TopicArn: `${TopicArn}-none` })),
      ],
      [
        "subscribe a queue",
        async () => {
          QueueUrl = (
            await sqs.send(new CreateQueueCommand({ QueueName: "reader", Attributes: { Policy: OPEN } }))
          ).QueueUrl;
          const { Attributes } = await sqs.send(
            new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
          );
          SubscriptionArn = (
            await sns.send(
              new SubscribeCommand({
                TopicArn,
                Protocol: "sqs",
                Endpoint: Attributes?.QueueArn,
                Attributes: { RawMessageDelivery: "true" },
                ReturnSubscriptionArn: true,
              }),
            )
          ).SubscriptionArn;
          return SubscriptionArn;
        },
      ],
      [
        "publish",
        () =>
          publish({
            Message: "hello",
            MessageAttributes: { colour: { DataType: "String", StringValue: "red" } },
          }),
      ],
      ["what the queue got", received],
      ["publish to no topic", () => publish({ TopicArn: `${TopicArn}-none` })],
      ["a subject of 101 characters", () => publish({ Subject: "s".repeat(101) })],
      ["a message too large", () => publish({ Message: "x".repeat(262_145) })],
      [
        "a batch",
        async () => {
          const { Successful, Failed } = await sns.send(
            new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: "1", Message: "one" }] }),
          );
          return { ids: Successful?.map(({ Id }) => Id), Failed };
        },
      ],
      ["what came of the batch", received],
      [
        "a filter",
        () =>
          sns
            .send(
              new SetSubscriptionAttributesCommand({
                SubscriptionArn,
                AttributeName: "FilterPolicy",
                AttributeValue: '{"colour":["blue"]}',
              }),
            )
            .then(() => undefined),
      ],
      [
        "what the filter lets pass",
        async () => {
          await publish({
            Message: "red one",
            MessageAttributes: { colour: { DataType: "String", StringValue: "red" } },
          });
          await publish({
            Message: "blue one",
            MessageAttributes: { colour: { DataType: "String", StringValue: "blue" } },
          });
          return received();
        },
      ],
      [
        "a subscription's attributes",
        async () => {
          const { Attributes = {} } = await sns.send(
            new GetSubscriptionAttributesCommand({ SubscriptionArn }),
          );
          return Object.fromEntries(Object.entries(Attributes).sort());
        },
      ],
      [
        "list subscriptions",
        async () =>
          (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions?.map(
            ({ Protocol, Endpoint, Owner }) => ({ Protocol, Endpoint, Owner }),
          ),
      ],
      ["unsubscribe", () => sns.send(new UnsubscribeCommand({ SubscriptionArn })).then(() => undefined)],
      ["list topics", async () => (await sns.send(new ListTopicsCommand({}))).Topics],
      [
        "an unknown protocol",
        () => sns.send(new SubscribeCommand({ TopicArn, Protocol: "pigeon", Endpoint: "x" })),
      ],
      ["publish nothing", () => publish({ Message: "" })],
      ["a subject with a line break", () => publish({ Subject: "a\nb" })],
      [
        "a filter for a subscription that is gone",
        () =>
          sns.send(
            new SetSubscriptionAttributesCommand({
              SubscriptionArn,
              AttributeName: "FilterPolicy",
              AttributeValue: "{}",
            }),
          ),
      ],
      ["JSON structure without default", () => publish({ MessageStructure: "json", Message: '{"sqs":"a"}' })],
      ["delete", () => sns.send(new DeleteTopicCommand({ TopicArn })).then(() => undefined)],
      ["delete it again", () => sns.send(new DeleteTopicCommand({ TopicArn })).then(() => undefined)],
    ];
  },
};
