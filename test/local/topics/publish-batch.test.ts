import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { PublishBatchCommand, type PublishBatchRequestEntry, SubscribeCommand } from "@aws-sdk/client-sns";
import { startTopicCloud, type TopicCloud } from "./support/topic-cloud.ts";

/** https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
describe("a batch of messages to a topic", () => {
  let topic: TopicCloud;
  beforeAll(async () => {
    topic = await startTopicCloud();
    const { TopicArn } = topic;
    const address = { Protocol: "email", Endpoint: "admin@example.org" };
    await topic.sns.send(new SubscribeCommand({ TopicArn, ...address }));
  });
  afterAll(() => topic.end());

  const publish = (PublishBatchRequestEntries: PublishBatchRequestEntry[]) =>
    topic.sns.send(new PublishBatchCommand({ TopicArn: topic.TopicArn, PublishBatchRequestEntries }));

  test("is answered entry by entry: what is wrong fails alone, and the rest is delivered in order", async () => {
    const answer = await publish([
      { Id: "plain", Message: "first", Subject: "one" },
      { Id: "empty", Message: "" },
      { Id: "subject", Message: "x", Subject: "two\nlines" },
      { Id: "structured", Message: '{"default":"d","email":"by mail"}', MessageStructure: "json" },
    ]);

    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(["plain", "structured"]);
    expect(answer.Failed).toEqual([
      {
        Id: "empty",
        Code: "InvalidParameter",
        Message: "Invalid parameter: Empty message",
        SenderFault: true,
      },
      { Id: "subject", Code: "InvalidParameter", Message: "Invalid parameter: Subject", SenderFault: true },
    ]);
    expect(await topic.cloud.control("topics", "outbox")).toMatchObject([
      { subject: "one", body: "first" },
      { body: "by mail" },
    ]);
  });

  test.each<[string, PublishBatchRequestEntry[]]>([
    ["EmptyBatchRequestException", []],
    [
      "TooManyEntriesInBatchRequestException",
      Array.from({ length: 11 }, (_, n) => ({ Id: `${n}`, Message: "m" })),
    ],
    ["InvalidBatchEntryIdException", [{ Id: "a b", Message: "m" }]],
    [
      "BatchEntryIdsNotDistinctException",
      [
        { Id: "a", Message: "m" },
        { Id: "a", Message: "m" },
      ],
    ],
    [
      "BatchRequestTooLongException",
      [
        { Id: "a", Message: "m".repeat(200_000) },
        { Id: "b", Message: "m".repeat(200_000) },
      ],
    ],
  ])("is refused whole with %s", async (name, entries) => {
    await expect(publish(entries)).rejects.toMatchObject({ name });
  });
});
