import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";

let cloud: CloudUnderTest;
let ssm: SSMClient;
beforeAll(async () => {
  cloud = await startWholeCloud();
  ssm = new SSMClient(cloud.client());
});
afterAll(() => cloud.end());

const put = (input: Partial<PutParameterCommandInput>) =>
  ssm.send(new PutParameterCommand({ Name: "/app/name", Value: "v", Type: "String", ...input }));
const get = async (Name: string, WithDecryption = false) =>
  (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;

/**
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
describe("a parameter", () => {
  test("has a version for each value, and each can be read", async () => {
    expect(await put({ Name: "/app/url", Value: "one" })).toMatchObject({ Version: 1, Tier: "Standard" });
    await expect(put({ Name: "/app/url", Value: "two" })).rejects.toMatchObject({
      name: "ParameterAlreadyExists",
    });
    expect(await put({ Name: "/app/url", Value: "two", Overwrite: true })).toMatchObject({ Version: 2 });

    expect(await get("/app/url")).toMatchObject({
      Name: "/app/url",
      Value: "two",
      Version: 2,
      Type: "String",
      ARN: "arn:aws:ssm:us-east-1:000000000000:parameter/app/url",
    });
    expect(await get("/app/url:1")).toMatchObject({ Value: "one", Version: 1 });
    expect(await get("arn:aws:ssm:us-east-1:000000000000:parameter/app/url")).toMatchObject({ Value: "two" });
    await expect(get("/app/url:9")).rejects.toMatchObject({ name: "ParameterVersionNotFound" });
    await expect(get("/app/none")).rejects.toMatchObject({ name: "ParameterNotFound" });
  });

  test("that is secure tells its value only to those who ask for it decrypted", async () => {
    await put({ Name: "/secure/key", Value: "open sesame", Type: "SecureString" });

    expect((await get("/secure/key"))?.Value).not.toContain("sesame");
    expect((await get("/secure/key", true))?.Value).toBe("open sesame");
  });

  test.each([
    ["without a type", { Name: "untyped", Type: undefined }, "ValidationException"],
    ["of AWS's own", { Name: "/aws/mine" }, "AccessDeniedException"],
    ["that begins with ssm", { Name: "ssm-mine" }, "ValidationException"],
    ["with a slash in the middle only", { Name: "a/b" }, "ValidationException"],
    ["of more than 4 KB", { Name: "long", Value: "x".repeat(4097) }, "ValidationException"],
    [
      "that breaks its pattern",
      { Name: "odd", Value: "x", AllowedPattern: "^\\d+$" },
      "ParameterPatternMismatchException",
    ],
  ])("%s is refused", async (_, input, name) => {
    await expect(put(input as Partial<PutParameterCommandInput>)).rejects.toMatchObject({ name });
  });

  test("keeps its tags, and outlives the cloud", async () => {
    await put({ Name: "kept", Value: "still", Tags: [{ Key: "a", Value: "1" }] });
    await ssm.send(
      new AddTagsToResourceCommand({
        ResourceType: "Parameter",
        ResourceId: "kept",
        Tags: [{ Key: "b", Value: "2" }],
      }),
    );

    await cloud.restart();
    ssm = new SSMClient(cloud.client());

    expect((await get("kept"))?.Value).toBe("still");
    const { TagList } = await ssm.send(
      new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: "kept" }),
    );
    expect(TagList).toEqual([
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ]);
  });

  test("can be deleted once", async () => {
    await put({ Name: "gone" });

    await ssm.send(new DeleteParameterCommand({ Name: "gone" }));

    await expect(ssm.send(new DeleteParameterCommand({ Name: "gone" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
    });
    await put({ Name: "gone-too" });
    expect(await ssm.send(new DeleteParametersCommand({ Names: ["gone-too", "never"] }))).toMatchObject({
      DeletedParameters: ["gone-too"],
      InvalidParameters: ["never"],
    });
  });
});

/**
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
 */
describe("several parameters", () => {
  test("are read by name, and what is not there is named", async () => {
    await put({ Name: "/several/a", Value: "1" });

    const { Parameters, InvalidParameters } = await ssm.send(
      new GetParametersCommand({ Names: ["/several/a", "/several/none"] }),
    );

    expect(Parameters).toMatchObject([{ Name: "/several/a", Value: "1" }]);
    expect(InvalidParameters).toEqual(["/several/none"]);
  });

  test("are read by path, on one level or all, page by page", async () => {
    for (const name of ["a", "b", "c", "sub/d"]) await put({ Name: `/tree/${name}`, Value: name });
    const names = async (input: object) => {
      const { Parameters = [], NextToken } = await ssm.send(
        new GetParametersByPathCommand({ Path: "/tree", ...input }),
      );
      return { names: Parameters.map(({ Name }) => Name), NextToken };
    };

    expect((await names({})).names).toEqual(["/tree/a", "/tree/b", "/tree/c"]);
    const first = await names({ Recursive: true, MaxResults: 3 });
    expect(first.names).toHaveLength(3);
    expect((await names({ Recursive: true, NextToken: first.NextToken })).names).toEqual(["/tree/sub/d"]);
  });

  test("are described by filters", async () => {
    await put({ Name: "/described/one", Type: "StringList", Value: "a,b", Description: "two letters" });

    const { Parameters } = await ssm.send(
      new DescribeParametersCommand({
        ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: ["/described"] }],
      }),
    );

    expect(Parameters).toMatchObject([
      { Name: "/described/one", Type: "StringList", Description: "two letters", Version: 1 },
    ]);
  });
});

test("AWS's own parameters tell the machine images for ECS", async () => {
  const path = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended";

  const id = (await get(`${path}/image_id`))?.Value;

  expect(id).toMatch(/^ami-[0-9a-f]{17}$/);
  expect(JSON.parse((await get(path))?.Value ?? "")).toMatchObject({ image_id: id });
  expect(
    (await get("/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"))?.Value,
  ).not.toBe(id);
});
