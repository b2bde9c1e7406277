import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  CreateTopicCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { createTopicsService, type TopicsService } from "#local/topics/service.ts";
import { createIdentityService } from "#local/identity/service.ts";
import { type ServiceUnderTest, startOneService } from "../support/one-service.ts";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

/** https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html */
describe("a topic with a queue", () => {
  let test: CloudUnderTest;
  let sns: SNSClient;
  let sqs: SQSClient;

  beforeEach(async () => {
    test = await startWholeCloud();
    sns = new SNSClient(test.client());
    sqs = new SQSClient(test.client());
  });

  afterEach(async () => {
    sns.destroy();
    sqs.destroy();
    await test.end();
  });

  async function subscribed(): Promise<{ topicArn: string; queueUrl: string }> {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "results" }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "results" }));
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "sqs",
        Endpoint: "arn:aws:sqs:us-east-1:000000000000:results",
      }),
    );
    return { topicArn: String(TopicArn), queueUrl: String(QueueUrl) };
  }

  it("delivers in SNS' envelope once the queue's policy lets the topic send", async () => {
    const { topicArn, queueUrl } = await subscribed();
    const statement = {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: "*",
      Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
    };

    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: "refused" }));
    await sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: queueUrl,
        Attributes: { Policy: JSON.stringify({ Statement: statement }) },
      }),
    );
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: "delivered" }));
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );

    const envelopes = Messages?.map((message) => JSON.parse(String(message.Body)) as unknown);
    expect(envelopes).toMatchObject([{ Type: "Notification", TopicArn: topicArn, Message: "delivered" }]);
    expect(test.reported).toContainEqual(expect.stringContaining("sqs:SendMessage"));
  });
});

/** https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html */
describe("a topic that a service publishes to", () => {
  let test: ServiceUnderTest<TopicsService>;

  beforeEach(async () => {
    const identity = { current: undefined as ReturnType<typeof createIdentityService> | undefined };
    test = await startOneService((context) => {
      identity.current = createIdentityService(context);
      return createTopicsService({ ...context, identity: identity.current.authority });
    });
  });

  afterEach(() => test.stop());

  it("asks its policy whether the service may", async () => {
    const sns = new SNSClient(test.client);
    const { TopicArn: topicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "alarms" }));
    await sns.send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: "email", Endpoint: "admin@example.org" }),
    );
    const caller = {
      service: "events.amazonaws.com",
      sourceArn: "arn:aws:events:us-east-1:000000000000:rule/r",
    };
    const publish = () => test.service.port.publish(topicArn, { body: "m" }, caller);

    await expect(publish()).rejects.toMatchObject({ code: "AuthorizationError" });
    const statement = {
      Effect: "Allow",
      Principal: { Service: caller.service },
      Action: "sns:Publish",
      Resource: topicArn,
    };
    await sns.send(
      new SetTopicAttributesCommand({
        TopicArn: topicArn,
        AttributeName: "Policy",
        AttributeValue: JSON.stringify({ Statement: [statement] }),
      }),
    );
    await publish();

    expect(await test.service.controls?.["outbox"]?.({})).toMatchObject([
      { to: "admin@example.org", body: "m" },
    ]);
    sns.destroy();
  });
});
