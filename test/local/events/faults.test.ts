import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { type BusUnderTest, startBus } from "./support/bus.ts";
import { eventually } from "./support/neighbours.ts";

let bus: BusUnderTest;
let neighbours: BusUnderTest["neighbours"];
let cloud: BusUnderTest["cloud"];
let queue: string;

beforeEach(async () => {
  bus = await startBus({ Name: "all", EventPattern: '{"source":["aws.s3"]}' });
  ({ neighbours, cloud, queue } = bus);
});

afterEach(() => bus.stop());

async function setFaults(faults: object): Promise<unknown> {
  const response = await fetch(`${cloud.client.endpoint}/_cloud/events/faults`, {
    method: "POST",
    body: JSON.stringify(faults),
  });
  return response.json();
}

const created = (key: string) => ({
  source: "aws.s3",
  "detail-type": "Object Created",
  detail: { object: { key } },
});
const keys = () =>
  (neighbours.bodies(queue) as { detail: { object: { key: string } } }[]).map(
    ({ detail }) => detail.object.key,
  );

describe("Faults of the bus", () => {
  test("lose the next event that matches, and no other", async () => {
    await setFaults({ lose: 1, match: { detail: { object: { key: ["lost.jpg"] } } } });
    await cloud.service.put(["a.jpg", "lost.jpg", "b.jpg", "lost.jpg"].map(created));
    await eventually(() => neighbours.messages(queue).length === 3);
    expect(keys().sort()).toEqual(["a.jpg", "b.jpg", "lost.jpg"]);
    expect(await setFaults({})).toEqual({ lost: 1, doubled: 0 });
  });

  test("deliver the next events twice", async () => {
    await setFaults({ double: 2 });
    await cloud.service.put(["a", "b", "c"].map(created));
    await eventually(() => neighbours.messages(queue).length === 5);
    expect(keys().sort()).toEqual(["a", "a", "b", "b", "c"]);
  });

  test("hold events back, and let those that do not match pass", async () => {
    await setFaults({ delayMs: 300, match: { detail: { object: { key: ["late"] } } } });
    await cloud.service.put([created("late"), created("early")]);
    await eventually(() => neighbours.messages(queue).length === 2);
    expect(keys()).toEqual(["early", "late"]);
  });

  test("are refused when they are misspelt", async () => {
    const response = await fetch(`${cloud.client.endpoint}/_cloud/events/faults`, {
      method: "POST",
      body: '{"loose":1}',
    });
    expect(response.status).toBe(400);
  });
});
