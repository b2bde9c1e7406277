import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SetSubscriptionAttributesCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { startTopicCloud, type TopicCloud } from "./support/topic-cloud.ts";

/**
 * https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
 * https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
 */
describe("an attribute of a subscription", () => {
  let topic: TopicCloud;
  beforeAll(async () => {
    topic = await startTopicCloud();
  });
  afterAll(() => topic.end());

  const byMail = (Attributes: Record<string, string>) =>
    topic.sns.send(
      new SubscribeCommand({
        TopicArn: topic.TopicArn,
        Protocol: "email",
        Endpoint: "a@example.org",
        Attributes,
      }),
    );

  test.each([
    ["that SNS does not know", { Nonsense: "1" }],
    ["with a value that it does not take", { FilterPolicyScope: "Somewhere" }],
    ["that is a filter and no JSON", { FilterPolicy: "{" }],
    ["that asks for raw delivery by mail", { RawMessageDelivery: "true" }],
  ])("%s is refused", async (_, attributes) => {
    await expect(byMail(attributes)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test("that the local cloud does not serve is refused by its name, at the start and later", async () => {
    const RedrivePolicy = '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead"}';
    await expect(byMail({ RedrivePolicy })).rejects.toThrow("RedrivePolicy");

    const { SubscriptionArn } = await topic.sns.send(
      new SubscribeCommand({
        TopicArn: topic.TopicArn,
        Protocol: "sqs",
        Endpoint: "arn:aws:sqs:us-east-1:000000000000:some",
      }),
    );
    await expect(
      topic.sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: "RedrivePolicy",
          AttributeValue: RedrivePolicy,
        }),
      ),
    ).rejects.toThrow("RedrivePolicy");
  });
});
