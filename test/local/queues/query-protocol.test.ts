import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { XMLParser } from "fast-xml-parser";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

type Document = Record<string, Record<string, Record<string, unknown>>>;

let cloud: CloudUnderTest;

beforeAll(async () => {
  cloud = await startWholeCloud();
});
afterAll(() => cloud.end());

const authorization = "AWS4-HMAC-SHA256 Credential=operator/20260101/us-east-1/sqs/aws4_request";

/** A call as clients made it before the JSON protocol: a form, and XML back. */
async function call(action: string, form: Record<string, string>, path = "/") {
  const response = await fetch(`${cloud.cloud.endpoint}${path}`, {
    method: "POST",
    headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action: action, Version: "2012-11-05", ...form }),
  });
  const document = new XMLParser({ parseTagValue: false }).parse(await response.text()) as Document;
  return { status: response.status, document, result: document[`${action}Response`]?.[`${action}Result`] };
}

async function aQueue(name: string, form: Record<string, string> = {}): Promise<string> {
  const { result } = await call("CreateQueue", { QueueName: name, ...form });
  return String(result?.["QueueUrl"]);
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html */
describe("SQS's query protocol", () => {
  test("carries attributes and tags there and back", async () => {
    const url = await aQueue("attributes", {
      "Attribute.1.Name": "DelaySeconds",
      "Attribute.1.Value": "0",
      "Attribute.2.Name": "VisibilityTimeout",
      "Attribute.2.Value": "77",
      "Tag.1.Key": "team",
      "Tag.1.Value": "<blue> & green",
    });

    const read = await call("GetQueueAttributes", {
      QueueUrl: url,
      "AttributeName.1": "VisibilityTimeout",
      "AttributeName.2": "DelaySeconds",
    });
    const tags = await call("ListQueueTags", { QueueUrl: url });

    expect(read.result?.["Attribute"]).toHaveLength(2);
    expect(read.result?.["Attribute"]).toContainEqual({ Name: "VisibilityTimeout", Value: "77" });
    expect(tags.result).toEqual({ Tag: { Key: "team", Value: "<blue> & green" } });
  });

  test("sends, receives and deletes a message with attributes, at the queue's own path", async () => {
    const path = new URL(await aQueue("messages")).pathname;
    const sent = await call(
      "SendMessage",
      {
        MessageBody: "words & <more>",
        "MessageAttribute.1.Name": "colour",
        "MessageAttribute.1.Value.DataType": "String",
        "MessageAttribute.1.Value.StringValue": "blue",
      },
      path,
    );
    const received = await call(
      "ReceiveMessage",
      {
        MaxNumberOfMessages: "10",
        WaitTimeSeconds: "1",
        "AttributeName.1": "ApproximateReceiveCount",
        "MessageAttributeName.1": "All",
      },
      path,
    );

    const message = received.result?.["Message"] as { ReceiptHandle: string };
    expect(message).toMatchObject({
      MessageId: sent.result?.["MessageId"],
      Body: "words & <more>",
      Attribute: { Name: "ApproximateReceiveCount", Value: "1" },
      MessageAttribute: { Name: "colour", Value: { DataType: "String", StringValue: "blue" } },
    });
    await expect(
      call("DeleteMessage", { ReceiptHandle: message.ReceiptHandle }, path),
    ).resolves.toMatchObject({ status: 200 });
  });

  test("answers a batch entry by entry", async () => {
    const QueueUrl = await aQueue("batches");
    const { result } = await call("SendMessageBatch", {
      QueueUrl,
      "SendMessageBatchRequestEntry.1.Id": "good",
      "SendMessageBatchRequestEntry.1.MessageBody": "one",
      "SendMessageBatchRequestEntry.2.Id": "bad",
      "SendMessageBatchRequestEntry.2.MessageBody": "two",
      "SendMessageBatchRequestEntry.2.DelaySeconds": "901",
    });

    expect(result).toMatchObject({
      SendMessageBatchResultEntry: { Id: "good" },
      BatchResultErrorEntry: { Id: "bad", SenderFault: "true" },
    });
  });

  test("lists queues", async () => {
    const urls = [await aQueue("list-a"), await aQueue("list-b")];
    const { result } = await call("ListQueues", { QueueNamePrefix: "list-" });

    expect(result).toEqual({ QueueUrl: urls });
  });

  test("answers a batch in the order of its numbers, however they come", async () => {
    const QueueUrl = await aQueue("order");
    const form = Object.fromEntries(
      [10, 2, 1].flatMap((number) => [
        [`SendMessageBatchRequestEntry.${number}.Id`, `id-${number}`],
        [`SendMessageBatchRequestEntry.${number}.MessageBody`, "m"],
      ]),
    );

    const { result } = await call("SendMessageBatch", { QueueUrl, ...form });

    const entries = result?.["SendMessageBatchResultEntry"] as { Id: string }[];
    expect(entries.map(({ Id }) => Id)).toEqual(["id-1", "id-2", "id-10"]);
  });

  test("lists the queues whose dead letters come to one", async () => {
    const dead = await aQueue("dead");
    const deadLetterTargetArn = "arn:aws:sqs:us-east-1:000000000000:dead";
    const source = await aQueue("source", {
      "Attribute.1.Name": "RedrivePolicy",
      "Attribute.1.Value": JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 }),
    });

    const { result } = await call("ListDeadLetterSourceQueues", { QueueUrl: dead });

    expect(result).toEqual({ QueueUrl: source });
  });

  test("refuses what has come to be so by the protocol's own names, too", async () => {
    const codeOf = async (action: string, form: Record<string, string>) =>
      (await call(action, form)).document["ErrorResponse"]?.["Error"]?.["Code"];
    const QueueUrl = await aQueue("purged");
    await call("PurgeQueue", { QueueUrl });

    expect(await codeOf("PurgeQueue", { QueueUrl })).toBe("AWS.SimpleQueueService.PurgeQueueInProgress");
    expect(
      await codeOf("CreateQueue", {
        QueueName: "purged",
        "Attribute.1.Name": "DelaySeconds",
        "Attribute.1.Value": "5",
      }),
    ).toBe("QueueAlreadyExists");
  });

  test.each([
    ["GetQueueUrl", { QueueName: "nowhere" }, 400, "AWS.SimpleQueueService.NonExistentQueue"],
    ["SendMessage", { MessageBody: "x" }, 400, "MissingParameter"],
    ["Frobnicate", {}, 501, "InvalidAction"],
  ])("refuses %s of %j by the protocol's own name", async (action, form, status, Code) => {
    await expect(call(action, form as Record<string, string>)).resolves.toMatchObject({
      status,
      document: { ErrorResponse: { Error: { Type: status < 500 ? "Sender" : "Receiver", Code } } },
    });
  });

  test.each(["soon", "", "1.5"])("refuses %j where a number belongs", async (WaitTimeSeconds) => {
    const QueueUrl = await aQueue("numbers");

    const { status } = await call("ReceiveMessage", { QueueUrl, WaitTimeSeconds });

    expect(status).toBe(400);
  });

  test("repeats what it was asked without letting it into the document", async () => {
    const { document } = await call("Frob</Message><Code>Own</Code> & co", {});

    expect(document["ErrorResponse"]?.["Error"]).toEqual({
      Type: "Receiver",
      Code: "InvalidAction",
      Message: "The local cloud does not implement SQS Frob</Message><Code>Own</Code> & co.",
    });
  });

  test("gives the names of its errors also to those who speak JSON, in a header beside the newer ones", async () => {
    await aQueue("known");
    const response = await fetch(cloud.cloud.endpoint, {
      method: "POST",
      headers: {
        authorization,
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AmazonSQS.CreateQueue",
      },
      body: JSON.stringify({ QueueName: "known", Attributes: { DelaySeconds: "5" } }),
    });

    expect(await response.json()).toMatchObject({ __type: "QueueNameExists" });
    expect(response.headers.get("x-amzn-query-error")).toBe("QueueAlreadyExists;Sender");
  });
});
