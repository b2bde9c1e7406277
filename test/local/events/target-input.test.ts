import { describe, expect, test } from "@jest/globals";
import { targetInput } from "#local/events/delivery/target-input.ts";
import type { Target } from "#local/events/shapes.ts";

const EVENT = JSON.stringify({
  version: "0",
  id: "1",
  "detail-type": "d",
  source: "s",
  time: "2026-01-01T00:00:00Z",
  detail: { name: 'a "b" \\ c', count: 3, ok: true, tags: ["x", "y"], nested: { k: "v" }, nothing: null },
}).replace('"count":3', '"count":3.00');

function inputOf(target: Partial<Target>): string {
  return targetInput({
    id: "delivery",
    ruleArn: "arn:aws:events:us-east-1:000000000000:rule/my-rule",
    target: { Id: "t", Arn: "arn:aws:sqs:us-east-1:000000000000:q", ...target },
    event: EVENT,
    ingestedAt: Date.parse("2026-01-01T00:00:05.678Z"),
    hops: 0,
  });
}

const transformed = (InputPathsMap: Record<string, string>, InputTemplate: string) =>
  inputOf({ InputTransformer: { InputPathsMap, InputTemplate } });

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
describe("What a target gets", () => {
  test("is the event where the rule does not say otherwise", () => {
    expect(inputOf({})).toBe(EVENT);
  });

  test("is the constant that the rule gives", () => {
    expect(inputOf({ Input: '{"a": 1}' })).toBe('{"a": 1}');
  });

  test.each([
    ["$.detail.nested", '{"k":"v"}'],
    ["$.detail.count", "3.00"],
    ["$.detail.tags[1]", '"y"'],
    ["$.detail['name']", JSON.stringify('a "b" \\ c')],
    ["$.detail.absent", "{}"],
  ])("is the part at %s", (InputPath, expected) => {
    expect(inputOf({ InputPath })).toBe(expected);
  });

  test("holds values as JSON outside of quotes and as text within them", () => {
    const paths = {
      n: "$.detail.name",
      c: "$.detail.count",
      t: "$.detail.tags",
      z: "$.detail.nothing",
      gone: "$.detail.gone",
    };
    const text = transformed(
      paths,
      '{"n":<n>,"c":<c>,"t":<t>,"z":<z>,"gone":<gone>,"s":"it is <n>, <c> times, <t><gone>"}',
    );
    expect(JSON.parse(text)).toEqual({
      n: 'a "b" \\ c',
      c: 3,
      t: ["x", "y"],
      z: null,
      gone: "",
      s: 'it is a "b" \\ c, 3.00 times, ["x","y"]',
    });
  });

  test("may name the rule, the time of arrival and the event itself", () => {
    const text = transformed(
      {},
      '{"arn":<aws.events.rule-arn>,"name":"<aws.events.rule-name>","at":<aws.events.event.ingestion-time>,' +
        '"all":<aws.events.event.json>,"head":<aws.events.event>}',
    );
    const event = JSON.parse(EVENT) as Record<string, unknown>;
    const { detail: _, ...head } = event;
    expect(JSON.parse(text)).toEqual({
      arn: "arn:aws:events:us-east-1:000000000000:rule/my-rule",
      name: "my-rule",
      at: "2026-01-01T00:00:05Z",
      all: event,
      head,
    });
  });

  test("keeps what only looks like a placeholder", () => {
    expect(transformed({}, '"1 <2> <unknown> \\"<b>\\""')).toBe('"1 <2> <unknown> \\"<b>\\""');
  });
});
