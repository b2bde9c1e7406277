import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { PutRuleCommand, DisableRuleCommand, EnableRuleCommand } from "@aws-sdk/client-eventbridge";
import { parseSchedule } from "#local/events/schedules/schedule.ts";
import { createEventsService } from "#local/events/service.ts";
import { type BusUnderTest, startBus } from "./support/bus.ts";
import { eventually } from "./support/neighbours.ts";

const at = (text: string) => Date.parse(text);

function following(expression: string, from: string, count = 3): string[] {
  const schedule = parseSchedule(expression);
  const times: string[] = [];
  for (
    let next = schedule.next(at(from));
    next !== undefined && times.length < count;
    next = schedule.next(next)
  ) {
    times.push(new Date(next).toISOString().slice(0, 16));
  }
  return times;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
describe("A schedule expression", () => {
  test.each([
    ["rate(1 minute)", ["2026-02-27T12:01", "2026-02-27T12:02"]],
    ["rate(12 hours)", ["2026-02-28T00:00", "2026-02-28T12:00"]],
    ["rate(2 days)", ["2026-03-01T12:00", "2026-03-03T12:00"]],
    ["cron(0 10 * * ? *)", ["2026-02-28T10:00", "2026-03-01T10:00"]],
    ["cron(15 12 * * ? *)", ["2026-02-27T12:15", "2026-02-28T12:15"]],
    ["cron(0/20 * * * ? *)", ["2026-02-27T12:20", "2026-02-27T12:40", "2026-02-27T13:00"]],
    ["cron(0 18 ? * MON-FRI *)", ["2026-02-27T18:00", "2026-03-02T18:00"]],
    ["cron(0 8 1 * ? *)", ["2026-03-01T08:00", "2026-04-01T08:00"]],
    ["cron(0 0 L * ? *)", ["2026-02-28T00:00", "2026-03-31T00:00"]],
    ["cron(0 0 1W * ? *)", ["2026-03-02T00:00", "2026-04-01T00:00", "2026-05-01T00:00"]],
    ["cron(0 0 31W * ? *)", ["2026-03-31T00:00", "2026-05-29T00:00"]],
    ["cron(0 0 ? * 6L *)", ["2026-03-27T00:00", "2026-04-24T00:00"]],
    ["cron(0 0 ? * 3#2 *)", ["2026-03-10T00:00", "2026-04-14T00:00"]],
    ["cron(0 0 29 FEB ? *)", ["2028-02-29T00:00", "2032-02-29T00:00"]],
    ["cron(5,10 1,2 1 JAN ? 2027)", ["2027-01-01T01:05", "2027-01-01T01:10", "2027-01-01T02:05"]],
    ["cron(0 0 1 1 ? 2026)", []],
    ["cron(0 0 LW * ? *)", ["2026-03-31T00:00", "2026-04-30T00:00", "2026-05-29T00:00"]],
    ["cron(0 9 ? * SAT-SUN *)", ["2026-02-28T09:00", "2026-03-01T09:00", "2026-03-07T09:00"]],
    ["cron(0 9 ? * FRI-MON/2 *)", ["2026-03-01T09:00", "2026-03-06T09:00", "2026-03-08T09:00"]],
    ["cron(50-10/10 22-1/3 * * ? *)", ["2026-02-27T22:00", "2026-02-27T22:10", "2026-02-27T22:50"]],
    ["cron(0 0 1 NOV-JAN ? *)", ["2026-11-01T00:00", "2026-12-01T00:00", "2027-01-01T00:00"]],
    ["cron(0 0 ? * L *)", ["2026-02-28T00:00", "2026-03-07T00:00"]],
    ["cron(0 0 ? * MON#1 *)", ["2026-03-02T00:00", "2026-04-06T00:00"]],
    ["cron(0 0 ? * TUE#5 *)", ["2026-03-31T00:00", "2026-06-30T00:00"]],
    ["cron(0 0 ? JAN-MAR/2 sun *)", ["2026-03-01T00:00", "2026-03-08T00:00"]],
    ["cron(*/30 8-9 ? * 2,4 2027-2028/1)", ["2027-01-04T08:00", "2027-01-04T08:30", "2027-01-04T09:00"]],
    ["cron(0 0 31 4 ? *)", []],
  ])("%s names these times", (expression, times) => {
    expect(following(expression, "2026-02-27T12:00:00Z", Math.max(times.length, 1))).toEqual(times);
  });

  test.each([
    "rate(0 minutes)",
    "rate(1 minutes)",
    "rate(2 minute)",
    "rate(5 seconds)",
    "rate(5 minutes) ",
    "cron(0 10 * * * *)",
    "cron(0 10 ? * ? *)",
    "cron(0 10 * * ?)",
    "cron(60 10 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 10 32 * ? *)",
    "cron(0 10 ? * 8 *)",
    "cron(0 10 ? * MON#6 *)",
    "cron(0 10 * 13 ? *)",
    "cron(0 10 * * ? 2028-2027)",
    "cron(0/0 10 * * ? *)",
    "cron(1/5/2 10 * * ? *)",
    "cron(1-2-3 10 * * ? *)",
    "cron(1, 10 * * ? *)",
    "cron(? 10 * * ? *)",
    "cron(0 10 ? * 3#2#1 *)",
    "cron(0 10 ? * 3#0 *)",
    "cron(0 10 ? * 0 *)",
    "cron(0 10 0 * ? *)",
    "cron(0 10 32W * ? *)",
    "cron(0 10 * * ? 1969)",
    "cron(0 10 * * ? 2200)",
    "cron(0 10 * * ? * *)",
    "cron()",
    "rate()",
    "rate(minutes)",
    "rate(-1 minutes)",
    "rate(1.5 hours)",
    "rate(1 Hour)",
    "every day",
    "",
    "at(2026-01-01T00:00:00)",
  ])("%s is refused", (expression) => {
    expect(() => parseSchedule(expression)).toThrow(RangeError);
  });
});

describe("A scheduled rule", () => {
  let bus: BusUnderTest;
  let neighbours: BusUnderTest["neighbours"];
  let cloud: BusUnderTest["cloud"];
  let events: BusUnderTest["events"];
  let queue: string;

  beforeEach(async () => {
    bus = await startBus({ Name: "hourly", ScheduleExpression: "rate(1 hour)" });
    ({ neighbours, cloud, events, queue } = bus);
  });

  afterEach(() => bus.stop());

  const moveClock = (milliseconds: number) => {
    neighbours.clock.advance(milliseconds);
    cloud.service.clockMoved?.();
  };

  test("fires once for each hour that the clock has passed, each with its own time and id", async () => {
    moveClock(3 * 3_600_000 + 60_000);
    await eventually(() => neighbours.messages(queue).length === 3);
    const ticks = neighbours.bodies(queue) as { id: string; time: string }[];
    expect(ticks[0]).toMatchObject({
      version: "0",
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: "000000000000",
      region: "us-east-1",
      resources: ["arn:aws:events:us-east-1:000000000000:rule/hourly"],
      detail: {},
    });
    const times = ticks.map(({ time }) => at(time)).sort((a, b) => a - b);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 3_600_000, 7_200_000]);
    expect(new Set(ticks.map(({ id }) => id)).size).toBe(3);
  });

  test("does not fire before its time nor while it is disabled", async () => {
    moveClock(3_590_000);
    await events.send(new DisableRuleCommand({ Name: "hourly" }));
    moveClock(7_200_000);
    await events.send(new EnableRuleCommand({ Name: "hourly" }));
    moveClock(3_601_000);
    await eventually(() => neighbours.messages(queue).length > 0);
    expect(neighbours.messages(queue)).toHaveLength(1);
  });

  test("does not fire twice for one time when the cloud starts again", async () => {
    moveClock(3_601_000);
    await eventually(() => neighbours.messages(queue).length === 1);
    await cloud.service.stop?.();
    const again = createEventsService(cloud.context);
    await again.start?.();
    neighbours.clock.advance(3_600_000);
    again.clockMoved?.();
    await eventually(() => neighbours.messages(queue).length === 2);
    await again.stop?.();
    const [first, second] = neighbours.bodies(queue) as { time: string }[];
    expect(at(second?.time ?? "") - at(first?.time ?? "")).toBe(3_600_000);
  });

  test("makes up for the last time only that passed while the cloud was off", async () => {
    await cloud.service.stop?.();
    neighbours.clock.advance(30 * 3_600_000 + 60_000);
    const again = createEventsService(cloud.context);
    await again.start?.();
    again.clockMoved?.();
    await eventually(() => neighbours.messages(queue).length > 0);
    await again.stop?.();
    expect(neighbours.messages(queue)).toHaveLength(1);
    const [tick] = neighbours.bodies(queue) as { time: string }[];
    expect(neighbours.clock.now() - at(tick?.time ?? "")).toBeLessThan(3_600_000);
  });

  test("fires at once when the operator says so", async () => {
    const response = await fetch(`${cloud.client.endpoint}/_cloud/events/fire-schedule`, {
      method: "POST",
      body: JSON.stringify({ ruleName: "hourly" }),
    });
    expect(response.status).toBe(200);
    await eventually(() => neighbours.messages(queue).length === 1);
    expect(neighbours.bodies(queue)).toMatchObject([{ "detail-type": "Scheduled Event" }]);
  });

  test("is refused on another bus than the default one, and with a bad expression", async () => {
    const put = (input: object) => events.send(new PutRuleCommand({ Name: "x", ...input }));
    await expect(put({ ScheduleExpression: "rate(1 hours)" })).rejects.toMatchObject({
      name: "ValidationException",
    });
    await expect(put({})).rejects.toMatchObject({ name: "ValidationException" });
    await expect(put({ EventBusName: "none", ScheduleExpression: "rate(1 hour)" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});
