import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { ROLE, startFunctions } from "./support/functions-cloud.ts";
import { zipOf } from "./support/zip-of.ts";

let cloud: Awaited<ReturnType<typeof startFunctions>>;
beforeAll(async () => {
  cloud = await startFunctions({ functions: { maxProcesses: 3 } });
});
afterAll(() => cloud.stop());

async function invoke(FunctionName: string, payload: unknown = {}) {
  const answer = await cloud.lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload), LogType: "Tail" }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString("utf8");
  if (answer.FunctionError !== undefined) throw new Error(text);
  return {
    result: JSON.parse(text) as Record<string, unknown>,
    log: Buffer.from(answer.LogResult ?? "", "base64").toString("utf8"),
    requestId: answer.$metadata.requestId ?? "",
  };
}

const handler = (body: string) => ({
  "index.mjs": `export const handler = async (event, context) => { ${body} };`,
});
const PID_AFTER = "await new Promise((r) => setTimeout(r, event.ms)); return process.pid;";

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
describe("what a function sees", () => {
  test("are Lambda's variables, its role's keys and nothing of the cloud's own environment", async () => {
    process.env["OF_THE_CLOUD"] = "secret";
    await cloud.create("variables", handler("return process.env"), {
      Environment: { Variables: { TABLE: "jobs", TZ: "Europe/Vienna" } },
      MemorySize: 256,
    });
    const { result } = await invoke("variables");
    expect(result).toMatchObject({
      TABLE: "jobs",
      TZ: "Europe/Vienna",
      _HANDLER: "index.handler",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ENDPOINT_URL: cloud.client.endpoint,
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: "variables",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/variables",
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_ACCESS_KEY_ID: "ASIALOCAL",
      AWS_SECRET_ACCESS_KEY: "secret of variables",
      AWS_SESSION_TOKEN: "token",
    });
    expect(result).not.toHaveProperty("OF_THE_CLOUD");
    expect(result).not.toHaveProperty("NODE_OPTIONS");
  });

  test("is a context that knows the request and the time that is left", async () => {
    await cloud.create(
      "context",
      handler(
        "const { getRemainingTimeInMillis, ...rest } = context; return { ...rest, left: context.getRemainingTimeInMillis() };",
      ),
      { Timeout: 100 },
    );
    const { result, requestId } = await invoke("context");
    expect(result).toMatchObject({
      awsRequestId: requestId,
      functionName: "context",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:context",
      memoryLimitInMB: "128",
      logGroupName: "/aws/lambda/context",
    });
    expect(result["left"]).toBeGreaterThan(90_000);
    expect(result["left"]).toBeLessThanOrEqual(100_000);
  });

  test("is its own package and the SDK of the runtime, and no node_modules in a folder above", async () => {
    const above = join(cloud.context.dataDir, "node_modules/left-out");
    mkdirSync(above, { recursive: true });
    writeFileSync(join(above, "index.js"), "module.exports = 'found'");
    await cloud.create("modules", {
      "index.mjs": `import { SQSClient } from "@aws-sdk/client-sqs";
        import own from "own";
        export const handler = async () => ({ sdk: typeof SQSClient, own, leftOut: await import("left-out").catch((error) => error.code) });`,
      "node_modules/own/package.json": '{"main": "main.js"}',
      "node_modules/own/main.js": "module.exports = 'own';",
    });
    expect((await invoke("modules")).result).toEqual({
      sdk: "function",
      own: "own",
      leftOut: "ERR_MODULE_NOT_FOUND",
    });
  });

  test("is a folder for temporary files of its own, for as long as the environment lives", async () => {
    await cloud.create(
      "temporary",
      handler(`const { readdirSync, writeFileSync } = await import("node:fs"); const { tmpdir } = await import("node:os");
        const found = readdirSync(tmpdir()); writeFileSync(tmpdir() + "/kept", ""); return { found };`),
    );
    expect((await invoke("temporary")).result).toEqual({ found: [] });
    expect((await invoke("temporary")).result).toEqual({ found: ["kept"] });
  });
});

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
describe("the log of an invocation", () => {
  test("has Lambda's own lines around the function's, and is whole when the caller has the answer", async () => {
    await cloud.create(
      "logs",
      handler(
        `console.log("one\\ntwo", { a: 1 }); process.stdout.write('{"raw":true}\\n'); console.error("bad");`,
      ),
      {
        LoggingConfig: { LogGroup: "/own/group" },
      },
    );
    const { log, requestId } = await invoke("logs");
    const lines = cloud.logs.lines
      .filter(({ group }) => group === "/own/group")
      .map(({ message }) => message);
    expect(lines).toEqual([
      expect.stringMatching(/^INIT_START Runtime Version: nodejs:24/),
      `START RequestId: ${requestId} Version: $LATEST`,
      expect.stringMatching(new RegExp(`^\\d{4}-.*Z\t${requestId}\tINFO\tone\ntwo \\{ a: 1 \\}$`)),
      '{"raw":true}',
      expect.stringMatching(new RegExp(`Z\t${requestId}\tERROR\tbad$`)),
      `END RequestId: ${requestId}`,
      expect.stringMatching(
        new RegExp(
          `^REPORT RequestId: ${requestId}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms\t$`,
        ),
      ),
    ]);
    expect(log).toContain("one\ntwo");
    expect(log).toContain(`END RequestId: ${requestId}\n`);
  });

  test("is JSON above the chosen level where the function says so", async () => {
    await cloud.create("json", handler(`console.info("quiet"); console.warn("loud", 1);`), {
      LoggingConfig: { LogFormat: "JSON", ApplicationLogLevel: "WARN", LogGroup: "/json" },
    });
    const { requestId } = await invoke("json");
    const messages = cloud.logs.lines.filter(({ group }) => group === "/json").map(({ message }) => message);
    expect(messages.join("\n")).not.toContain("quiet");
    const warning = messages.find((message) => message.includes("loud")) ?? "";
    expect(JSON.parse(warning)).toEqual({
      timestamp: expect.any(String),
      level: "WARN",
      requestId,
      message: "loud 1",
    });
  });
});

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
describe("environments", () => {
  test("are reused when they are idle, and run side by side when they are not", async () => {
    await cloud.create("warm", handler(PID_AFTER));
    const first = (await invoke("warm", { ms: 0 })).result;
    const second = (await invoke("warm", { ms: 0 })).result;
    const both = await Promise.all([invoke("warm", { ms: 200 }), invoke("warm", { ms: 200 })]);
    expect(second).toBe(first);
    expect(new Set(both.map(({ result }) => result)).size).toBe(2);
    expect(both.map(({ result }) => result)).toContain(first);
  });

  test("are no more than the machine may hold: further invocations wait, other functions' idle ones make room", async () => {
    await cloud.create("many", handler(PID_AFTER));
    const answers = await Promise.all(Array.from({ length: 8 }, () => invoke("many", { ms: 50 })));
    expect(new Set(answers.map(({ result }) => result)).size).toBe(3);
  });

  test("are no more than the function's reserved concurrency", async () => {
    await cloud.create("reserved", handler(PID_AFTER));
    await cloud.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: "reserved", ReservedConcurrentExecutions: 1 }),
    );
    const answers = await Promise.allSettled([
      invoke("reserved", { ms: 300 }),
      invoke("reserved", { ms: 300 }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const tooMuch = new PutFunctionConcurrencyCommand({
      FunctionName: "reserved",
      ReservedConcurrentExecutions: 901,
    });
    await expect(cloud.lambda.send(tooMuch)).rejects.toThrow(/below its minimum value of \[100\]/);
  });

  test("are replaced when code or settings change, and a published version keeps its own", async () => {
    await cloud.create("changing", handler("return process.env.VALUE ?? 'one'"));
    expect((await invoke("changing")).result).toBe("one");
    await cloud.lambda.send(new PublishVersionCommand({ FunctionName: "changing" }));
    await cloud.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: "changing",
        ZipFile: zipOf(handler("return process.env.VALUE ?? 'two'")),
      }),
    );
    expect((await invoke("changing")).result).toBe("two");
    await cloud.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: "changing",
        Environment: { Variables: { VALUE: "three" } },
        Role: ROLE,
      }),
    );
    expect((await invoke("changing")).result).toBe("three");
    expect((await invoke("changing:1")).result).toBe("one");
  });

  test("end with the code that they were started for", async () => {
    await cloud.create("outdated", handler("return process.pid"));
    const { result: pid } = await invoke("outdated");
    await cloud.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "outdated", Timeout: 20 }),
    );
    while (runs(Number(pid))) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await invoke("outdated")).result).not.toBe(pid);
  });

  test("that were killed while idle are not used again", async () => {
    await cloud.create("killed", handler("return process.pid"));
    const { result: pid } = await invoke("killed");
    await cloud.service.controls?.["kill"]?.({ functionName: "killed" });
    while (runs(Number(pid))) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await invoke("killed")).result).not.toBe(pid);
  });
});

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
