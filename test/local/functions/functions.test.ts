import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionConfigurationCommand,
  type CreateFunctionCommandInput,
} from "@aws-sdk/client-lambda";
import { AwsError } from "#local/gateway/aws-error.ts";
import { ROLE, startFunctions } from "./support/functions-cloud.ts";
import { zipOf } from "./support/zip-of.ts";

const FILES = { "index.mjs": "export const handler = async () => 'ran';" };

let cloud: Awaited<ReturnType<typeof startFunctions>>;
beforeAll(async () => {
  const objects = {
    async read(bucket: string, key: string, versionId?: string) {
      if (key !== "code.zip") throw new AwsError("NoSuchKey", "The specified key does not exist.", 404);
      return zipOf({ "index.mjs": `export const handler = async () => "${bucket} ${key} ${versionId}";` });
    },
  };
  cloud = await startFunctions({ ports: { objects } });
});
afterAll(() => cloud.stop());

/**
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 * https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 * https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
 */
describe("a function", () => {
  test("is described as AWS describes it", async () => {
    const created = await cloud.create("described", FILES, { Description: "says so", Tags: { team: "a" } });
    const { Configuration, Code, Tags } = await cloud.lambda.send(
      new GetFunctionCommand({ FunctionName: "described" }),
    );
    expect(Configuration).toEqual({
      FunctionName: "described",
      FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:described",
      Runtime: "nodejs24.x",
      Role: ROLE,
      Handler: "index.handler",
      CodeSize: zipOf(FILES).length,
      Description: "says so",
      Timeout: 10,
      MemorySize: 128,
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
      CodeSha256: created.CodeSha256,
      Version: "$LATEST",
      TracingConfig: { Mode: "PassThrough" },
      RevisionId: created.RevisionId,
      State: "Active",
      LastUpdateStatus: "Successful",
      PackageType: "Zip",
      Architectures: ["x86_64"],
      EphemeralStorage: { Size: 512 },
      LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/described" },
      SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    });
    expect(Tags).toEqual({ team: "a" });
    expect(readFileSync(new URL(Code?.Location ?? ""))).toEqual(zipOf(FILES));
  });

  test("is made of a package in S3, in the version that is named", async () => {
    const Code = { S3Bucket: "deploys", S3Key: "code.zip", S3ObjectVersion: "v7" };
    await cloud.create("stored", FILES, { Code });
    const { Payload } = await cloud.lambda.send(new InvokeCommand({ FunctionName: "stored" }));
    expect(Buffer.from(Payload ?? []).toString("utf8")).toBe('"deploys code.zip v7"');
    await expect(cloud.create("missing", FILES, { Code: { ...Code, S3Key: "other.zip" } })).rejects.toThrow(
      "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
    );
  });

  test.each([
    "versions",
    "arn:aws:lambda:us-east-1:000000000000:function:versions",
    "000000000000:function:versions",
  ])("is found as %s", async (FunctionName) => {
    if (FunctionName === "versions") await cloud.create("versions", FILES);
    const found = await cloud.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    expect(found.FunctionName).toBe("versions");
  });

  test("gets a new version only where something changed", async () => {
    const publish = () => cloud.lambda.send(new PublishVersionCommand({ FunctionName: "versions" }));
    const first = await publish();
    const again = await publish();
    await cloud.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "versions", Timeout: 20 }),
    );
    const second = await publish();
    expect([first.Version, again.Version, second.Version]).toEqual(["1", "1", "2"]);
    expect(second.FunctionArn).toBe("arn:aws:lambda:us-east-1:000000000000:function:versions:2");
    const old = await cloud.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: "versions", Qualifier: "1" }),
    );
    expect(old.Timeout).toBe(10);
  });

  test("is not changed by somebody who has not seen its last revision", async () => {
    await expect(
      cloud.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: "versions", Timeout: 5, RevisionId: "old" }),
      ),
    ).rejects.toMatchObject({ name: "PreconditionFailedException", $metadata: { httpStatusCode: 412 } });
  });

  test("carries tags", async () => {
    const Resource = "arn:aws:lambda:us-east-1:000000000000:function:versions";
    await cloud.lambda.send(new TagResourceCommand({ Resource, Tags: { a: "1", b: "2" } }));
    await cloud.lambda.send(new UntagResourceCommand({ Resource, TagKeys: ["a"] }));
    expect((await cloud.lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ b: "2" });
  });

  test("is gone when it is deleted", async () => {
    await cloud.create("deleted", FILES);
    await cloud.lambda.send(new DeleteFunctionCommand({ FunctionName: "deleted" }));
    await expect(cloud.lambda.send(new InvokeCommand({ FunctionName: "deleted" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:deleted",
    });
    const { Functions } = await cloud.lambda.send(new ListFunctionsCommand({}));
    expect(Functions?.map(({ FunctionName }) => FunctionName)).not.toContain("deleted");
  });

  test.each<[string, Partial<CreateFunctionCommandInput>, string, RegExp]>([
    [
      "a zip that is none",
      { Code: { ZipFile: Buffer.from("PK no") } },
      "InvalidParameterValueException",
      /Could not unzip uploaded file/,
    ],
    [
      "a zip that leaves its folder",
      { Code: { ZipFile: zipOf({ "../../escaped.js": "" }) } },
      "InvalidParameterValueException",
      /Could not unzip uploaded file/,
    ],
    [
      "a runtime that is not run here",
      { Runtime: "nodejs20.x" },
      "InvalidParameterValueException",
      /nodejs20\.x.*nodejs22\.x and nodejs24\.x/,
    ],
    [
      "too little memory",
      { MemorySize: 127 },
      "ValidationException",
      /Value '127' at 'memorySize'.*greater than or equal to 128/,
    ],
    ["too long a timeout", { Timeout: 901 }, "ValidationException", /less than or equal to 900/],
    [
      "a reserved variable",
      { Environment: { Variables: { AWS_REGION: "x" } } },
      "InvalidParameterValueException",
      /Reserved keys used in this request: AWS_REGION/,
    ],
    [
      "more than 4 KB of variables",
      { Environment: { Variables: { BIG: "x".repeat(4096) } } },
      "InvalidParameterValueException",
      /exceeded the 4KB limit/,
    ],
    [
      "layers",
      { Layers: ["arn:aws:lambda:us-east-1:000000000000:layer:x:1"] },
      "InvalidParameterValueException",
      /Layers/,
    ],
    [
      "a name that is taken",
      { FunctionName: "described" },
      "ResourceConflictException",
      /Function already exist: described/,
    ],
  ])("is refused with %s", async (_, input, name, message) => {
    await expect(cloud.create("refused", FILES, input)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });

  test("that asks for what the local cloud has not is told so by name", async () => {
    const url = new CreateFunctionUrlConfigCommand({ FunctionName: "described", AuthType: "NONE" });
    await expect(cloud.lambda.send(url)).rejects.toMatchObject({
      name: "NotImplemented",
      $metadata: { httpStatusCode: 501 },
    });
  });
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
test("the account tells what its functions may run at once, what they have reserved of it, and their code", async () => {
  const before = await cloud.lambda.send(new GetAccountSettingsCommand());
  const { CodeSize = 0 } = await cloud.create("counted", FILES);
  await cloud.lambda.send(new PublishVersionCommand({ FunctionName: "counted" }));
  await cloud.lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: "counted", ReservedConcurrentExecutions: 30 }),
  );

  const { AccountLimit, AccountUsage } = await cloud.lambda.send(new GetAccountSettingsCommand());

  expect(AccountLimit).toEqual({
    TotalCodeSize: 80_530_636_800,
    CodeSizeUnzipped: 262_144_000,
    CodeSizeZipped: 52_428_800,
    ConcurrentExecutions: 1000,
    UnreservedConcurrentExecutions: 970,
  });
  expect(AccountUsage).toEqual({
    TotalCodeSize: (before.AccountUsage?.TotalCodeSize ?? 0) + 2 * CodeSize,
    FunctionCount: (before.AccountUsage?.FunctionCount ?? 0) + 1,
  });
});
