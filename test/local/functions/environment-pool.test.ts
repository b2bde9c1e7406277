import { describe, expect, test } from "@jest/globals";
import { EnvironmentPool } from "#local/functions/environments/environment-pool.ts";
import type {
  ExecutionEnvironment,
  Invocation,
} from "#local/functions/environments/execution-environment.ts";
import type { FunctionConfiguration } from "#local/functions/function-record.ts";

/** A pool with room for so many, whose environments end an invocation when they are told to. */
function poolOf(maxProcesses: number) {
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const start = (configuration: FunctionConfiguration) =>
    ({
      configuration,
      usable: true,
      invoke: ({ requestId }: Invocation) => {
        began.push(requestId);
        return new Promise((resolve) => ends.push(() => resolve({ requestId })));
      },
      end: async () => undefined,
    }) as unknown as ExecutionEnvironment;
  const pool = new EnvironmentPool({ maxProcesses, idleMs: 60_000, start });
  const invoke = (name: string, requestId: string) =>
    void pool
      .run({ name } as FunctionConfiguration, { requestId } as Invocation)
      .catch(() => "ended with the pool");
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const endOne = async () => {
    await settled();
    ends.shift()?.();
    await settled();
  };
  return { pool, began, invoke, endOne };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
describe("where no more processes may run", () => {
  test("a function's only invocation goes before the hundred that wait of another", async () => {
    const { pool, began, invoke, endOne } = poolOf(2);
    for (let index = 0; index < 100; index += 1) invoke("busy", `busy-${index}`);
    invoke("rare", "rare");

    await endOne();

    expect(began.slice(0, 3)).toEqual(["busy-0", "busy-1", "rare"]);
    await endOne();
    expect(began.slice(3)).toEqual(["busy-2"]);
    await pool.stop();
  });

  test("invocations of one function go in the order in which they came", async () => {
    const { pool, began, invoke, endOne } = poolOf(1);
    for (const requestId of ["first", "second", "third"]) invoke("only", requestId);

    await endOne();
    await endOne();

    expect(began).toEqual(["first", "second", "third"]);
    await pool.stop();
  });
});
