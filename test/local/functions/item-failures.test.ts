import { describe, expect, test } from "@jest/globals";
import { failedMessages } from "#local/functions/mappings/item-failures.ts";

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
describe("a partial batch response", () => {
  test.each([
    ["an empty list", '{"batchItemFailures":[]}'],
    ["a null list", '{"batchItemFailures":null}'],
    ["an empty response", "{}"],
    ["a null response", "null"],
    ["no response", ""],
    ["an empty string", '""'],
  ])("is a success of the whole batch where it is %s", (_, response) => {
    expect([...failedMessages(response, ["a", "b"])]).toEqual([]);
  });

  test.each([
    ["no JSON", "{batchItemFailures"],
    ["no object", "[]"],
    ["a text", '"failed"'],
    ["a list of another type", '{"batchItemFailures":"a"}'],
    ["an empty id", '{"batchItemFailures":[{"itemIdentifier":""}]}'],
    ["a null id", '{"batchItemFailures":[{"itemIdentifier":null}]}'],
    ["a bad key name", '{"batchItemFailures":[{"itemId":"a"}]}'],
    ["an unknown id", '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"z"}]}'],
  ])("is a failure of the whole batch where it has %s", (_, response) => {
    expect([...failedMessages(response, ["a", "b"])]).toEqual(["a", "b"]);
  });

  test("names the messages that failed", () => {
    const response = '{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}';
    expect([...failedMessages(response, ["a", "b", "c"])]).toEqual(["b"]);
  });
});
