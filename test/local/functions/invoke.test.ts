import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startFunctions } from "./support/functions-cloud.ts";

let cloud: Awaited<ReturnType<typeof startFunctions>>;
beforeAll(async () => {
  cloud = await startFunctions();
});
afterAll(() => cloud.stop());

/**
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
describe("a synchronous invocation", () => {
  test("runs an ES module and gives what its handler returns", async () => {
    await cloud.create("esm", {
      "index.mjs": "export const handler = async (event) => ({ got: event.a, node: process.version });",
    });
    const { result, StatusCode, FunctionError, ExecutedVersion } = await cloud.invoke("esm", { a: [1, "ü"] });
    expect(result).toEqual({ got: [1, "ü"], node: process.version });
    expect({ StatusCode, FunctionError, ExecutedVersion }).toEqual({
      StatusCode: 200,
      FunctionError: undefined,
      ExecutedVersion: "$LATEST",
    });
  });

  test("runs a CommonJS handler in a folder, with a nested export", async () => {
    await cloud.create(
      "cjs",
      { "src/app.js": "exports.api = { get: async () => __filename.split('/').slice(-2) };" },
      { Handler: "src/app.api.get" },
    );
    expect((await cloud.invoke("cjs")).result).toEqual(["src", "app.js"]);
  });
});
