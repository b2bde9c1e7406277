import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

let cloud: CloudUnderTest;
beforeAll(async () => {
  cloud = await startWholeCloud();
});
afterAll(() => cloud.end());

const NOBODY = "arn:aws:ecs:us-east-1:000000000000:task/none/0123456789abcdef0123456789abcdef";

describe("a control by HTTP", () => {
  test.each([
    ["queues/explode", {}, 404, "The local cloud has no control queues/explode."],
    ["tasks/kill", { taskArn: NOBODY }, 404, `There is no task ${NOBODY}.`],
    ["tasks/kill", {}, 400, "Invalid input: expected string, received undefined → at taskArn"],
    ["tasks/interrupt-spot", { taskArn: NOBODY }, 404, `There is no task ${NOBODY}.`],
    ["tasks/interrupt-spot", {}, 400, "It takes {taskArn} or {share}, a number from 0 to 1."],
    ["tasks/settings", { colour: "red" }, 400, 'Unrecognized key: "colour"'],
    ["tasks/faults", { throttle: { share: 2 } }, 400, /^Too big.* → at throttle\.share$/],
    ["functions/kill", { functionName: "nobody" }, 404, /^Function not found: .*:nobody$/],
    ["functions/kill", { name: "nobody" }, 400, 'Unrecognized key: "name"'],
    ["events/fire-schedule", { ruleName: "hourly" }, 404, "There is no scheduled rule hourly."],
    ["events/fire-schedule", {}, 400, "It takes {ruleName} or {arn}."],
    [
      "events/faults",
      { lose: 1, match: { source: "aws.s3" } },
      400,
      /must be an object or an array.* → at match$/,
    ],
    ["scheduler/fire", { name: "nightly" }, 404, "Schedule nightly does not exist."],
    ["faults/clear", { name: "earthquake" }, 404, /^There is no fault "earthquake"; there are: /],
    ["topics/confirm", { confirmEmail: "no" }, 400, /expected boolean.* → at confirmEmail$/],
    ["clock/advance", {}, 400, /expected number.* → at milliseconds$/],
    ["clock/advance", { milliseconds: -1 }, 400, /^Too small.* → at milliseconds$/],
  ])("answers %s with %j in one sentence, and not as a breakdown", async (control, input, status, words) => {
    const answer = await call(control, JSON.stringify(input));

    expect(answer.status).toBe(status);
    expect(answer.error).toMatch(words);
    expect(cloud.reported).toEqual([]);
  });

  test("says what is wrong with a body that is no JSON", async () => {
    expect(await call("tasks/kill", "{")).toEqual({
      status: 400,
      error: expect.stringMatching(/^The body is not JSON: /),
    });
  });
});

async function call(control: string, body: string): Promise<{ status: number; error: string }> {
  const response = await fetch(`${cloud.cloud.endpoint}/_cloud/${control}`, { method: "POST", body });
  const { error } = (await response.json()) as { error: string };
  return { status: response.status, error };
}
