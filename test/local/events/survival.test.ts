import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { createEventsService } from "#local/events/service.ts";
import { AwsError } from "#local/gateway/aws-error.ts";
import { type BusUnderTest, startBus } from "./support/bus.ts";
import { eventually } from "./support/neighbours.ts";

let bus: BusUnderTest;
let neighbours: BusUnderTest["neighbours"];
let cloud: BusUnderTest["cloud"];
let queue: string;

beforeEach(async () => {
  bus = await startBus({ Name: "all", EventPattern: '{"source":["s"]}' });
  ({ neighbours, cloud, queue } = bus);
});

afterEach(() => bus.stop());

const event = (n: number) => ({ source: "s", "detail-type": "d", detail: { n } });
const journal = () => join(cloud.context.dataDir, "events", "deliveries.jsonl");

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
describe("An event that was accepted", () => {
  test("is delivered by the next start when the cloud ended before it could be", async () => {
    neighbours.failures.push(
      ...Array.from({ length: 2 }, () => new AwsError("ThrottlingException", "Rate exceeded")),
    );
    await cloud.service.put([event(1), event(2)]);
    await cloud.service.stop?.();
    expect(neighbours.messages(queue)).toEqual([]);

    const again = createEventsService(cloud.context);
    await again.start?.();
    await eventually(() => neighbours.messages(queue).length === 2);
    await again.stop?.();
    const numbers = (neighbours.bodies(queue) as { detail: { n: number } }[]).map(({ detail }) => detail.n);
    expect(numbers.sort((a, b) => a - b)).toEqual([1, 2]);
  });

  test("is not delivered again once its target has taken it", async () => {
    await cloud.service.put([event(1)]);
    await eventually(() => neighbours.messages(queue).length === 1);
    await cloud.service.stop?.();
    const again = createEventsService(cloud.context);
    await again.start?.();
    await again.put([event(2)]);
    await eventually(() => neighbours.messages(queue).length === 2);
    await again.stop?.();
    expect(neighbours.bodies(queue)).toMatchObject([{ detail: { n: 1 } }, { detail: { n: 2 } }]);
  });

  test("is found behind the half line that a kill leaves in the journal", async () => {
    neighbours.failures.push(new AwsError("ThrottlingException", "Rate exceeded"));
    await cloud.service.put([event(1)]);
    await cloud.service.stop?.();
    const whole = readFileSync(journal(), "utf8");
    appendFileSync(journal(), whole.slice(0, 40));
    const again = createEventsService(cloud.context);
    await again.start?.();
    await eventually(() => neighbours.messages(queue).length === 1);
    await again.stop?.();
    expect(neighbours.bodies(queue)).toMatchObject([{ detail: { n: 1 } }]);
  });
});
