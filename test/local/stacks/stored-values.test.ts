import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from "@aws-sdk/client-cloudformation";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";

let cloud: CloudUnderTest;
let cfn: CloudFormationClient;
let ssm: SSMClient;
let secrets: SecretsManagerClient;
beforeAll(async () => {
  cloud = await startWholeCloud();
  cfn = new CloudFormationClient(cloud.client());
  ssm = new SSMClient(cloud.client());
  secrets = new SecretsManagerClient(cloud.client());
});
afterAll(() => cloud.end());

const soon = () => ({ client: cfn, maxWaitTime: 20, minDelay: 0.02, maxDelay: 0.1 });
async function create(StackName: string, template: object): Promise<Record<string, string>> {
  await cfn.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
  await waitUntilStackCreateComplete(soon(), { StackName });
  return outputs(StackName);
}
async function outputs(StackName: string): Promise<Record<string, string>> {
  const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }));
  return Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
}
const parameter = async (Name: string) =>
  (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
const copyOf = (Value: unknown, Name: string) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Type: "String", Name, Value },
});

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
 */
describe("a template", () => {
  test("makes parameters, changes and removes them", async () => {
    const template = (value: string) => ({
      Resources: { P: copyOf(value, "/stack/p") },
      Outputs: { Name: { Value: { Ref: "P" } }, Value: { Value: { "Fn::GetAtt": ["P", "Value"] } } },
    });

    expect(await create("makes", template("one"))).toEqual({ Name: "/stack/p", Value: "one" });
    await cfn.send(
      new UpdateStackCommand({ StackName: "makes", TemplateBody: JSON.stringify(template("two")) }),
    );
    await waitUntilStackUpdateComplete(soon(), { StackName: "makes" });

    expect(await parameter("/stack/p")).toBe("two");
  });

  test("makes a secret with a generated password, and reads it by a dynamic reference", async () => {
    const generated = {
      SecretStringTemplate: '{"username":"admin"}',
      GenerateStringKey: "password",
      PasswordLength: 20,
      ExcludePunctuation: true,
    };
    const password = { "Fn::Sub": "{{resolve:secretsmanager:${S}:SecretString:password}}" };
    const { Secret = "" } = await create("secret", {
      Resources: {
        S: {
          Type: "AWS::SecretsManager::Secret",
          Properties: { Name: "made", GenerateSecretString: generated },
        },
        P: copyOf(password, "/copied/password"),
      },
      Outputs: { Secret: { Value: { Ref: "S" } } },
    });

    const { SecretString = "", ARN } = await secrets.send(new GetSecretValueCommand({ SecretId: "made" }));
    const value = JSON.parse(SecretString) as { username: string; password: string };
    expect(Secret).toBe(ARN);
    expect(value).toEqual({ username: "admin", password: expect.stringMatching(/^[A-Za-z0-9]{20}$/) });
    expect(await parameter("/copied/password")).toBe(value.password);
    // The stack remembers the reference, never the value.
    const listed = (await cloud.cloud.control("stacks", "resources")) as { properties: unknown }[];
    expect(JSON.stringify(listed.map(({ properties }) => properties))).not.toContain(value.password);
  });

  test("reads parameters by version, and those of AWS", async () => {
    await ssm.send(new PutParameterCommand({ Name: "/given/p", Type: "String", Value: "old" }));
    await ssm.send(
      new PutParameterCommand({ Name: "/given/p", Type: "String", Value: "new", Overwrite: true }),
    );
    const image = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";

    await create("reads", {
      Resources: {
        P: copyOf("a {{resolve:ssm:/given/p:1}} and a {{resolve:ssm:/given/p}} one", "/copied/p"),
        Q: copyOf(`{{resolve:ssm:${image}}}`, "/copied/image"),
      },
    });

    expect(await parameter("/copied/p")).toBe("a old and a new one");
    expect(await parameter("/copied/image")).toMatch(/^ami-/);
  });

  test("has parameters whose values stand in the Parameter Store", async () => {
    await ssm.send(new PutParameterCommand({ Name: "/list", Type: "StringList", Value: "a,b" }));
    const template = {
      Parameters: {
        List: { Type: "AWS::SSM::Parameter::Value<List<String>>", Default: "/list" },
        Name: { Type: "AWS::SSM::Parameter::Name", Default: "/list" },
      },
      Resources: { P: copyOf({ "Fn::Join": ["+", { Ref: "List" }] }, "/copied/list") },
      Outputs: { Name: { Value: { Ref: "Name" } } },
    };

    expect(await create("stored", template)).toEqual({ Name: "/list" });

    expect(await parameter("/copied/list")).toBe("a+b");
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName: "stored" }));
    expect(Stacks?.[0]?.Parameters).toContainEqual({
      ParameterKey: "List",
      ParameterValue: "/list",
      ResolvedValue: "a,b",
    });
  });

  test("is refused where a parameter of it does not stand there", async () => {
    const template = {
      Parameters: { P: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/not/there" } },
      Resources: { P: copyOf({ Ref: "P" }, "/never") },
    };

    await expect(create("refused", template)).rejects.toMatchObject({
      name: "ValidationError",
      message: "Unable to fetch parameters [/not/there] from parameter store for this account.",
    });
  });
});
