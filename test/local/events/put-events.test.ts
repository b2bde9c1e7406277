import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { type BusUnderTest, startBus } from "./support/bus.ts";
import { eventually } from "./support/neighbours.ts";

let bus: BusUnderTest;
let neighbours: BusUnderTest["neighbours"];
let cloud: BusUnderTest["cloud"];
let events: BusUnderTest["events"];
let queue: string;

beforeEach(async () => {
  bus = await startBus();
  ({ neighbours, cloud, events, queue } = bus);
});

afterEach(() => bus.stop());

async function ruleToQueue(pattern: unknown, target: object = {}): Promise<string> {
  const { RuleArn } = await events.send(
    new PutRuleCommand({ Name: "orders", EventPattern: JSON.stringify(pattern) }),
  );
  await events.send(
    new PutTargetsCommand({ Rule: "orders", Targets: [{ Id: "queue", Arn: queue, ...target }] }),
  );
  return RuleArn ?? "";
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
describe("PutEvents", () => {
  test("delivers the whole envelope to the targets of a rule that matches, and nothing of an event that does not", async () => {
    await ruleToQueue({ source: ["shop"], detail: { total: [{ numeric: [">", 10] }] } });
    const { Entries, FailedEntryCount } = await events.send(
      new PutEventsCommand({
        Entries: [
          { Source: "shop", DetailType: "Order", Detail: '{"total": 9}' },
          {
            Source: "shop",
            DetailType: "Order",
            Detail: '{"total": 11.50}',
            Resources: ["a"],
            Time: new Date(1_700_000_000_000),
          },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(0);
    const message = await eventually(() => neighbours.messages(queue)[0]);
    expect(JSON.parse(message.body)).toEqual({
      version: "0",
      id: Entries?.[1]?.EventId,
      "detail-type": "Order",
      source: "shop",
      account: "000000000000",
      time: "2023-11-14T22:13:20Z",
      region: "us-east-1",
      resources: ["a"],
      detail: { total: 11.5 },
    });
    expect(message.body).toContain('"total":11.50');
    expect(neighbours.messages(queue)).toHaveLength(1);
  });

  test("refuses bad entries one by one and takes the others", async () => {
    await ruleToQueue({ source: ["shop"] });
    const { FailedEntryCount, Entries } = await events.send(
      new PutEventsCommand({
        Entries: [
          { DetailType: "x", Detail: "{}" },
          { Source: "shop", Detail: "{}" },
          { Source: "shop", DetailType: "x", Detail: "[1]" },
          { Source: "shop", DetailType: "x", Detail: "{" },
          { Source: "aws.s3", DetailType: "x", Detail: "{}" },
          { Source: "shop", DetailType: "x".repeat(129), Detail: "{}" },
          { Source: "shop", DetailType: "x".repeat(128), Detail: "{}" },
        ],
      }),
    );
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      "InvalidArgument",
      "InvalidArgument",
      "MalformedDetail",
      "MalformedDetail",
      "NotAuthorizedForSourceException",
      "InvalidArgument",
      undefined,
    ]);
    expect(FailedEntryCount).toBe(6);
    await eventually(() => neighbours.messages(queue).length === 1);
  });

  test("takes ten entries and not eleven, just under 1 MiB and not all of it", async () => {
    const entry = { Source: "shop", DetailType: "x", Detail: "{}" };
    const put = (count: number) =>
      events.send(new PutEventsCommand({ Entries: Array.from({ length: count }, () => entry) }));
    await expect(put(10)).resolves.toMatchObject({ FailedEntryCount: 0 });
    await expect(put(11)).rejects.toMatchObject({ name: "ValidationException" });
    const sized = (bytes: number) => {
      const rest = "shop".length + "x".length + '{"a":""}'.length;
      const Detail = `{"a":"${"y".repeat(bytes - rest)}"}`;
      return events.send(new PutEventsCommand({ Entries: [{ ...entry, Detail }] }));
    };
    await expect(sized(1024 * 1024 - 1)).resolves.toMatchObject({ FailedEntryCount: 0 });
    await expect(sized(1024 * 1024)).rejects.toMatchObject({
      name: "ValidationException",
      message: "Total size of the entries in the request is over the limit.",
    });
  });

  test("puts the events of AWS services on the default bus through the port", async () => {
    await ruleToQueue({ source: ["aws.s3"], detail: { object: { key: [{ prefix: "images/" }] } } });
    await cloud.service.put([
      { source: "aws.s3", "detail-type": "Object Created", detail: { object: { key: "images/a b.jpg" } } },
      { source: "aws.s3", "detail-type": "Object Created", detail: { object: { key: "other/a.jpg" } } },
    ]);
    await eventually(() => neighbours.messages(queue).length === 1);
    expect(neighbours.bodies(queue)).toMatchObject([{ detail: { object: { key: "images/a b.jpg" } } }]);
  });
});
