import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { InvokeCommand, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { startFunctions } from "./support/functions-cloud.ts";

let cloud: Awaited<ReturnType<typeof startFunctions>>;
beforeAll(async () => {
  cloud = await startFunctions();
});
afterAll(() => cloud.stop());

const invoke = (fail: boolean) =>
  cloud.lambda.send(new InvokeCommand({ FunctionName: "f", Payload: JSON.stringify({ fail }) }));

/** Sums by metric, since the last time. */
function counted(): Record<string, number> {
  const measures = cloud.service.measures?.counts?.() ?? [];
  return Object.fromEntries(measures.map(({ name, statistics }) => [name, statistics.sum]));
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
test("Lambda counts invocations, errors and throttles of a function, once", async () => {
  await cloud.create("f", {
    "index.mjs": "export const handler = async ({ fail }) => { if (fail) throw new Error('no'); };",
  });
  for (const fail of [false, true, false]) await invoke(fail);
  const worked = counted();
  await cloud.lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: "f", ReservedConcurrentExecutions: 0 }),
  );
  await expect(invoke(false)).rejects.toMatchObject({ name: "TooManyRequestsException" });

  expect(worked).toMatchObject({ Invocations: 3, Errors: 1, Throttles: 0, ConcurrentExecutions: 3 });
  expect(worked["Duration"]).toBeGreaterThan(0);
  expect(counted()).toEqual({ Throttles: 1 });
});
