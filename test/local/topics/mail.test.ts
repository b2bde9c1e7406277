import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

let test: CloudUnderTest;
let sns: SNSClient;

beforeAll(async () => {
  test = await startWholeCloud();
  sns = new SNSClient(test.client());
});

afterEach(async () => {
  await test.cloud.control("topics", "clear-outbox");
  await test.cloud.control("topics", "confirm", { confirmEmail: true });
});

afterAll(async () => {
  sns.destroy();
  await test.end();
});

async function aTopic(
  name: string,
  address: string,
  attributes: Record<string, string> = {},
): Promise<string> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: address, Attributes: attributes }),
  );
  return String(TopicArn);
}

const outbox = () => test.cloud.control("topics", "outbox");

/**
 * https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
describe("mail from a topic", () => {
  it("goes to each subscriber with the subject and the text as they were published", async () => {
    const topicArn = await aTopic("news", "admin@example.org");
    const text = '1 file failed: <photo> & "co"\nsecond line: é 🎉';

    await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: "A job failed", Message: text }));

    expect(await outbox()).toEqual([
      { to: "admin@example.org", subject: "A job failed", body: text, topicArn, at: expect.any(String) },
    ]);
  });

  it("has AWS' subject where none was given", async () => {
    const topicArn = await aTopic("plain", "admin@example.org");

    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: "m" }));

    expect(await outbox()).toMatchObject([{ subject: "AWS Notification Message" }]);
  });

  it("is not sent before the address has confirmed", async () => {
    await test.cloud.control("topics", "confirm", { confirmEmail: false });
    const topicArn = await aTopic("pending", "slow@example.org");
    const list = async () =>
      (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }))).Subscriptions?.[0]
        ?.SubscriptionArn;

    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: "too early" }));
    const before = await list();
    await test.cloud.control("topics", "confirm", { confirmEmail: true });
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: "now" }));

    expect(before).toBe("PendingConfirmation");
    expect(await list()).toMatch(new RegExp(`^${topicArn}:`));
    expect(await outbox()).toMatchObject([{ to: "slow@example.org", body: "now" }]);
    expect(test.reported).toContainEqual(expect.stringContaining("slow@example.org"));
  });

  it("passes the subscription's filter only", async () => {
    const topicArn = await aTopic("filtered", "night@example.org", { FilterPolicy: '{"severity":["high"]}' });
    const publish = (severity: string) =>
      sns.send(
        new PublishCommand({
          TopicArn: topicArn,
          Message: severity,
          MessageAttributes: { severity: { DataType: "String", StringValue: severity } },
        }),
      );

    await publish("low");
    await publish("high");

    expect(await outbox()).toMatchObject([{ body: "high" }]);
  });

  it("takes its protocol's own text out of a structured message", async () => {
    const topicArn = await aTopic("structured", "admin@example.org");
    const message = JSON.stringify({ default: "short", email: "long" });

    await sns.send(new PublishCommand({ TopicArn: topicArn, MessageStructure: "json", Message: message }));

    expect(await outbox()).toMatchObject([{ body: "long" }]);
  });

  it.each([
    ["99 characters", "x".repeat(99), true],
    ["100 characters", "x".repeat(100), false],
    ["a line break", "two\nlines", false],
    ["a control character", "bell\u0007", false],
  ])("has a subject of %s or is refused", async (_, subject, accepted) => {
    const topicArn = await aTopic("subjects", "admin@example.org");

    const name = await sns
      .send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: "m" }))
      .then(
        () => "accepted",
        (error: Error) => error.name,
      );

    expect(name).toBe(accepted ? "accepted" : "InvalidParameterException");
    expect(await outbox()).toHaveLength(accepted ? 1 : 0);
  });

  it("is kept over a restart, as the subscription is", async () => {
    const topicArn = await aTopic("lasting", "admin@example.org");
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: "before" }));

    await test.restart();
    sns = new SNSClient(test.client());
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: "after" }));

    expect(await outbox()).toMatchObject([{ body: "before" }, { body: "after" }]);
  });

  it("is refused on FIFO topics", async () => {
    const { TopicArn } = await sns.send(
      new CreateTopicCommand({ Name: "t.fifo", Attributes: { FifoTopic: "true" } }),
    );

    await expect(
      sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "admin@example.org" })),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
  });
});
