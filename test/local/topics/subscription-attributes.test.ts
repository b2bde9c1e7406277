import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateTopicCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

/**
 * https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
 * https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
 */
describe("an attribute of a subscription", () => {
  let cloud: CloudUnderTest;
  let sns: SNSClient;
  let TopicArn: string | undefined;
  beforeAll(async () => {
    cloud = await startWholeCloud();
    sns = new SNSClient(cloud.client());
    ({ TopicArn } = await sns.send(new CreateTopicCommand({ Name: "attributes" })));
  });
  afterAll(async () => {
    sns.destroy();
    await cloud.end();
  });

  const byMail = (Attributes: Record<string, string>) =>
    sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "a@example.org", Attributes }));

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

    const { SubscriptionArn } = await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "sqs",
        Endpoint: "arn:aws:sqs:us-east-1:000000000000:some",
      }),
    );
    await expect(
      sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: "RedrivePolicy",
          AttributeValue: RedrivePolicy,
        }),
      ),
    ).rejects.toThrow("RedrivePolicy");
  });
});
