import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

let cloud: CloudUnderTest;
beforeAll(async () => {
  cloud = await startWholeCloud();
});
afterAll(() => cloud.end());

describe.each([
  ["tasks", { startDelayMs: 5 }, { throttling: false }],
  ["monitoring", { minuteMs: 500 }, { scalingMinuteMs: 700 }],
])("the settings of %s", (service, one, other) => {
  const settings = (change?: object) => cloud.cloud.control(service, "settings", change);

  test("that are changed leave the others as they were, and what was answered before", async () => {
    const before = await settings();
    const kept = structuredClone(before);

    await settings(one);
    const changed = await settings(other);

    expect(changed).toEqual({ ...(kept as object), ...one, ...other });
    expect(before).toEqual(kept);
  });

  test("that do not exist are refused", async () => {
    await expect(settings({ nothing: 1 })).rejects.toThrow(/nothing/);
  });
});
