import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateAliasCommand,
  DeleteAliasCommand,
  GetAliasCommand,
  InvokeCommand,
  ListAliasesCommand,
  ListFunctionsCommand,
  paginateListVersionsByFunction,
  PublishVersionCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { startFunctions } from "./support/functions-cloud.ts";

const FunctionName = "worker";
let cloud: Awaited<ReturnType<typeof startFunctions>>;
beforeAll(async () => {
  cloud = await startFunctions();
  await cloud.create(FunctionName, { "index.mjs": "export const handler = async () => 1;" });
  await cloud.lambda.send(new PublishVersionCommand({ FunctionName }));
});
afterAll(() => cloud.stop());

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
describe("an alias", () => {
  test("names a version, is pointed elsewhere, and goes", async () => {
    const made = await cloud.lambda.send(
      new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }),
    );
    expect(made).toMatchObject({
      AliasArn: "arn:aws:lambda:us-east-1:000000000000:function:worker:live",
      FunctionVersion: "1",
    });
    await expect(
      cloud.lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" })),
    ).rejects.toMatchObject({ name: "ResourceConflictException" });
    await cloud.lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live", Description: "for all" }));

    expect(await cloud.lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }))).toMatchObject({
      FunctionVersion: "1",
      Description: "for all",
    });
    const { ExecutedVersion } = await cloud.lambda.send(
      new InvokeCommand({ FunctionName, Qualifier: "live" }),
    );
    expect(ExecutedVersion).toBe("1");
    const { Aliases = [] } = await cloud.lambda.send(
      new ListAliasesCommand({ FunctionName, FunctionVersion: "1" }),
    );
    expect(Aliases.map(({ Name }) => Name)).toEqual(["live"]);
    await cloud.lambda.send(new DeleteAliasCommand({ FunctionName, Name: "live" }));
    await expect(
      cloud.lambda.send(new GetAliasCommand({ FunctionName, Name: "live" })),
    ).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Cannot find alias arn: arn:aws:lambda:us-east-1:000000000000:function:worker:live",
    });
  });

  test("needs a version that is published", async () => {
    await expect(
      cloud.lambda.send(new CreateAliasCommand({ FunctionName, Name: "early", FunctionVersion: "9" })),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

test("functions and versions are listed page by page", async () => {
  await cloud.create("another", { "index.mjs": "export const handler = async () => 2;" });
  const first = await cloud.lambda.send(new ListFunctionsCommand({ MaxItems: 1 }));
  const second = await cloud.lambda.send(new ListFunctionsCommand({ MaxItems: 1, Marker: first.NextMarker }));
  const names = [...(first.Functions ?? []), ...(second.Functions ?? [])].map((each) => each.FunctionName);
  expect(names.sort()).toEqual(["another", "worker"]);
  expect(second.NextMarker).toBeUndefined();

  const versions: (string | undefined)[] = [];
  for await (const { Versions = [] } of paginateListVersionsByFunction(
    { client: cloud.lambda, pageSize: 1 },
    { FunctionName },
  )) {
    expect(Versions.length).toBeLessThanOrEqual(1);
    versions.push(...Versions.map(({ Version }) => Version));
  }
  expect(versions).toEqual(["$LATEST", "1"]);
});
