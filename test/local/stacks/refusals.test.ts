import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateStackCommand,
  DescribeStacksCommand,
  ValidateTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { aFile, startStackTest, type StackTest } from "./stack-test.ts";

let cloud: StackTest;

beforeAll(async () => {
  cloud = await startStackTest();
});

afterAll(() => cloud.stop());

const a = aFile("a");

/** What CloudFormation answers to CreateStack with the template. */
const refused: [what: string, template: object | string, message: string][] = [
  ["no template", "[]", "Template format error: unsupported structure."],
  ["broken JSON", '{\n  "Resources" 1 }', "Template format error: JSON not well-formed. (line 2, column 15)"],
  ["broken YAML", "Resources: [", "Template format error: YAML not well-formed. (line 1, column 13)"],
  ["no resources", { Resources: {} }, "Template format error: At least one Resources member must be defined."],
  ["an unknown section", { Resources: { a }, Things: {} }, "Template format error: Invalid template property or properties [Things]"],
  ["an unknown resource member", { Resources: { A: { ...a, Colour: 1 } } }, "Invalid template resource property 'Colour'"],
  ["a resource without a type", { Resources: { A: {} } }, "Template format error: [/Resources/A] Every Resources object must contain a Type member."],
  ["a logical id with a dash", { Resources: { "a-b": a } }, "Template format error: Resource name a-b is non alphanumeric."],
  [
    "unknown types, all of them",
    { Resources: { A: { Type: "AWS::Nope::Thing" }, B: { Type: "Custom::Other" }, C: a } },
    "Template format error: Unrecognized resource types: [AWS::Nope::Thing, Custom::Other] (of A, B; the local cloud may lack what AWS has)",
  ],
  [
    "references to nothing",
    { Resources: { A: aFile({ "Fn::Sub": "${Nope} ${Other.Path}" }), B: aFile("b", { DependsOn: "Third" }) } },
    "Template format error: Unresolved resource dependencies [Nope, Other, Third] in the Resources block of the template",
  ],
  [
    "an output of nothing",
    { Resources: { A: a }, Outputs: { X: { Value: { Ref: "Nope" } } } },
    "Template format error: Unresolved resource dependencies [Nope] in the Outputs block of the template",
  ],
  [
    "a reference to what a condition leaves out",
    {
      Conditions: { Never: { "Fn::Equals": ["a", "b"] } },
      Resources: { A: { ...a, Condition: "Never" }, B: aFile({ Ref: "A" }) },
    },
    "Template format error: Unresolved resource dependencies [A] in the Resources block of the template",
  ],
  [
    "an unknown condition",
    { Resources: { A: { ...a, Condition: "Nope" } } },
    "Template format error: Unresolved condition dependency Nope in the Resources block of the template",
  ],
  [
    "a condition on a resource",
    { Conditions: { C: { "Fn::Equals": [{ Ref: "A" }, "x"] } }, Resources: { A: a } },
    "Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template",
  ],
  [
    "conditions in a circle",
    { Conditions: { C: { "Fn::Not": [{ Condition: "D" }] }, D: { "Fn::Not": [{ Condition: "C" }] } }, Resources: { A: { ...a, Condition: "C" } } },
    "Template error: Found circular condition dependency with 'C, D'",
  ],
  [
    "resources in a circle, but not what hangs on it",
    { Resources: { A: aFile({ Ref: "B" }), B: aFile({ "Fn::GetAtt": ["C", "Path"] }), C: aFile("c", { DependsOn: ["A"] }), D: aFile({ Ref: "A" }) } },
    "Circular dependency between resources: [A, B, C]",
  ],
  [
    "an attribute that the type does not have",
    { Resources: { V: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } }, A: aFile({ "Fn::GetAtt": ["V", "Colour"] }) } },
    "Template error: resource V does not support attribute type Colour in Fn::GetAtt",
  ],
  ["a parameter without a value", { Parameters: { P: { Type: "String" }, Q: { Type: "String" } }, Resources: { A: a } }, "Parameters: [P, Q] must have values"],
  ["a value that is not allowed", { Parameters: { P: { Type: "String", Default: "x", AllowedValues: ["a", "b"] } }, Resources: { A: a } }, "Parameter 'P' must be one of [a, b]"],
  ["a value out of pattern", { Parameters: { P: { Type: "String", Default: "x", AllowedPattern: "a+" } }, Resources: { A: a } }, "Parameter 'P' must match pattern a+"],
  [
    "a constraint with words of its own",
    { Parameters: { P: { Type: "String", Default: "x", MinLength: 2, ConstraintDescription: "two at least" } }, Resources: { A: a } },
    "Parameter 'P' failed to satisfy constraint: two at least",
  ],
  ["text for a number", { Parameters: { P: { Type: "Number", Default: "x" } }, Resources: { A: a } }, "Parameter 'P' must be a number"],
  ["a number too small", { Parameters: { P: { Type: "Number", Default: 1, MinValue: 2 } }, Resources: { A: a } }, "Parameter 'P' must be a number not less than 2"],
  ["a list item that is no number", { Parameters: { P: { Type: "List<Number>", Default: "1, x" } }, Resources: { A: a } }, "Parameter 'P' must be a number"],
  ["a snapshot of what has none", { Resources: { A: aFile("a", { DeletionPolicy: "Snapshot" }) } }, "Template error: resource A does not support DeletionPolicy Snapshot"],
  ["a transform", { Transform: "AWS::Serverless-2016-10-31", Resources: { A: a } }, 'The local cloud does not implement the transform "AWS::Serverless-2016-10-31".'],
]; // prettier-ignore

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
describe("CreateStack refuses", () => {
  test.each(refused)("%s", async (_, template, message) => {
    const TemplateBody = typeof template === "string" ? template : JSON.stringify(template);

    await expect(
      cloud.client.send(new CreateStackCommand({ StackName: "refused", TemplateBody })),
    ).rejects.toMatchObject({ message });

    await expect(
      cloud.client.send(new DescribeStacksCommand({ StackName: "refused" })),
    ).rejects.toMatchObject({
      name: "ValidationError",
      message: "Stack with id refused does not exist",
    });
  });

  test("a template of more than 51,200 bytes in the call", async () => {
    await expect(cloud.create("big", { Resources: { A: aFile("a".repeat(51_200)) } })).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining("less than or equal to 51200"),
    });
  });

  test("a name that is taken", async () => {
    await cloud.create("taken", { Resources: { A: aFile("a") } });

    await expect(cloud.create("taken", { Resources: { A: aFile("a") } })).rejects.toMatchObject({
      name: "AlreadyExistsException",
      message: "Stack [taken] already exists",
    });
  });

  test("roles that the caller has not acknowledged", async () => {
    const template = {
      Resources: { Profile: { Type: "AWS::IAM::InstanceProfile", Properties: { Roles: ["r"] } } },
    };

    await expect(cloud.create("iam", template)).rejects.toMatchObject({
      name: "InsufficientCapabilitiesException",
      message: "Requires capabilities : [CAPABILITY_IAM]",
    });
    expect(await cloud.create("iam", template, { Capabilities: ["CAPABILITY_NAMED_IAM"] })).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
    });
  });

  test("parameters that the template does not have", async () => {
    const Parameters = [{ ParameterKey: "Nope", ParameterValue: "x" }];

    await expect(
      cloud.create("unknown", { Resources: { A: aFile("a") } }, { Parameters }),
    ).rejects.toMatchObject({
      message: "Parameters: [Nope] do not exist in the template",
    });
  });
});

describe("a resource fails on", () => {
  const vpc = (properties: object) => ({
    Resources: { Net: { Type: "AWS::EC2::Subnet", Properties: properties } },
  });

  test("a required property that is not there, and one that AWS does not have", async () => {
    const stack = await cloud.create("properties", vpc({ CidrBlock: "10.0.0.0/20", Colour: "red" }), {
      DisableRollback: true,
    });

    expect(stack.StackStatus).toBe("CREATE_FAILED");
    const resources = (await cloud.control("resources")) as { logicalId: string; status: string }[];
    expect(resources.find(({ logicalId }) => logicalId === "Net")?.status).toBe("CREATE_FAILED");
    expect(stack.StackStatusReason).toBe("The following resource(s) failed to create: [Net].");
  });
});

test("ValidateTemplate answers parameters and capabilities of a YAML template", async () => {
  const TemplateBody = `
Description: two roles
Parameters:
  Stage: { Type: String, Default: dev, Description: where to }
  Secret: { Type: String, NoEcho: true }
Resources:
  Profile:
    Type: AWS::IAM::InstanceProfile
    Properties: { InstanceProfileName: !Sub "\${Stage}-profile", Roles: [!Ref Secret] }
`;

  const answer = await cloud.client.send(new ValidateTemplateCommand({ TemplateBody }));

  expect(answer).toMatchObject({
    Description: "two roles",
    Capabilities: ["CAPABILITY_NAMED_IAM"],
    CapabilitiesReason: "The following resource(s) require capabilities: [AWS::IAM::InstanceProfile]",
    Parameters: [
      { ParameterKey: "Stage", DefaultValue: "dev", NoEcho: false, Description: "where to" },
      { ParameterKey: "Secret", NoEcho: true },
    ],
  });
});
