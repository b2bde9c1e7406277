import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startFunctions } from "./support/functions-cloud.ts";

let cloud: Awaited<ReturnType<typeof startFunctions>>;
beforeAll(async () => {
  cloud = await startFunctions();
});
afterAll(() => cloud.stop());

const esm = (body: string) => ({
  "index.mjs": `export const handler = async (event, context) => { ${body} };`,
});

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
 */
describe("a function that fails", () => {
  test("gives the error that its handler throws, with its trace", async () => {
    await cloud.create("throws", esm("throw new RangeError('too far')"));
    const { FunctionError: error, result, log } = await cloud.invoke("throws");
    expect(error).toBe("Unhandled");
    expect(result).toEqual({
      errorType: "RangeError",
      errorMessage: "too far",
      trace: expect.arrayContaining(["RangeError: too far"]),
    });
    expect(log).toMatch(/\tERROR\tInvoke Error/);
  });

  test("is killed when its time is over, and the next invocation gets a new environment", async () => {
    await cloud.create("slow", esm("if (event.hang) for (;;); return process.pid"), { Timeout: 1 });
    const before = (await cloud.invoke("slow")).result;
    const { FunctionError: error, result, log } = await cloud.invoke("slow", { hang: true });
    const after = (await cloud.invoke("slow")).result;
    expect(error).toBe("Unhandled");
    expect(result).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/,
      ),
    });
    expect(log).toMatch(/Z [0-9a-f-]{36} Task timed out after 1\.00 seconds\n/);
    expect(log).toMatch(/REPORT .*\tStatus: timeout\t\n$/);
    expect(after).not.toBe(before);
  });

  test("is killed when it grows beyond its memory", async () => {
    await cloud.create(
      "grows",
      esm(
        "const kept = []; for (;;) { kept.push(Buffer.alloc(8e6, 1)); await new Promise((r) => setTimeout(r, 5)); }",
      ),
      { MemorySize: 128, Timeout: 30 },
    );
    const { result, log } = await cloud.invoke("grows");
    expect(result).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: signal: killed$/,
      ),
    });
    expect(log).toMatch(/Memory Size: 128 MB\tMax Memory Used: 128 MB/);
  });

  test.each([
    ["exits with a code", "process.exit(3)", "Runtime exited with error: exit status 3"],
    ["exits with success", "process.exit(0)", "Runtime exited without providing a reason"],
  ])("that %s is told so", async (title, body, message) => {
    const name = title.replaceAll(" ", "-");
    await cloud.create(name, esm(body));
    const { result } = await cloud.invoke(name);
    expect(result).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining(message),
    });
  });

  test("gives an error that nobody awaited", async () => {
    await cloud.create(
      "unawaited",
      esm("Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 5000));"),
    );
    const { result } = await cloud.invoke("unawaited");
    expect(result).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: lost",
    });
  });

  test.each([
    [
      "throws while it is loaded",
      { "index.mjs": "throw new TypeError('no table')" },
      "TypeError",
      /no table/,
    ],
    ["has no such file", { "other.mjs": "" }, "Runtime.ImportModuleError", /Cannot find module 'index'/],
    [
      "has no such export",
      { "index.mjs": "export const other = 1" },
      "Runtime.HandlerNotFound",
      /index.handler is undefined or not exported/,
    ],
    ["is no JavaScript", { "index.mjs": "export const = 1" }, "Runtime.UserCodeSyntaxError", /SyntaxError/],
    [
      "misses a dependency",
      { "index.mjs": "import 'zod'; export const handler = async () => 1" },
      "Runtime.ImportModuleError",
      /Cannot find package 'zod'/,
    ],
    [
      "takes a callback",
      { "index.mjs": "export const handler = (event, context, done) => done()" },
      "Runtime.CallbackHandlerDeprecated",
      /Node\.js 24/,
    ],
    [
      "streams its response",
      { "index.mjs": "export const handler = awslambda.streamifyResponse(async () => 1)" },
      "Runtime.NotImplemented",
      /streamifyResponse/,
    ],
  ])("that %s fails in its init phase", async (title, files, errorType, message) => {
    const name = title.replaceAll(" ", "-");
    await cloud.create(name, files);
    const { FunctionError: error, result } = await cloud.invoke(name);
    expect(error).toBe("Unhandled");
    expect(result).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
  });

  test("that needs more than ten seconds to load begins again on the time of its first invocation", async () => {
    await cloud.create(
      "late",
      {
        "index.mjs": "await new Promise((r) => setTimeout(r, 60000)); export const handler = async () => 1;",
      },
      { Timeout: 1 },
    );
    const { result, log } = await cloud.invoke("late");
    expect(log).toMatch(/^INIT_REPORT Init Duration: 10000\.00 ms\tPhase: init\tStatus: timeout$/m);
    expect(result).toMatchObject({ errorType: "Sandbox.Timedout" });
  });
});
