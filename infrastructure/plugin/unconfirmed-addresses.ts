import { paginateListSubscriptionsByTopic, type SNSClient } from "@aws-sdk/client-sns";

/** Addresses that have not followed the link of their confirmation mail: until then SNS sends them nothing. */
export async function unconfirmedAddresses(topicArn: string, client: SNSClient): Promise<string[]> {
  const pages = paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn });
  const addresses: string[] = [];
  for await (const { Subscriptions = [] } of pages) {
    for (const { SubscriptionArn, Protocol, Endpoint } of Subscriptions) {
      if (SubscriptionArn === "PendingConfirmation" && Protocol === "email") addresses.push(Endpoint ?? "");
    }
  }
  return addresses;
}
