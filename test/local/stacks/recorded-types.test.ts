import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createStacksService } from "#local/stacks/service.ts";
import { recordedProviders } from "#local/stacks/recorded/recorded-types.ts";
import { startOneService } from "../support/one-service.ts";
import { startStackTest, type StackTest } from "./stack-test.ts";

let cloud: StackTest;

beforeEach(async () => {
  cloud = await startStackTest();
});

afterEach(() => cloud.stop());

const network = {
  Resources: {
    Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } },
    Gateway: { Type: "AWS::EC2::InternetGateway" },
    Attached: {
      Type: "AWS::EC2::VPCGatewayAttachment",
      Properties: { VpcId: { Ref: "Vpc" }, InternetGatewayId: { Ref: "Gateway" } },
    },
    Subnet: {
      Type: "AWS::EC2::Subnet",
      Properties: {
        VpcId: { Ref: "Vpc" },
        AvailabilityZone: { "Fn::Select": [1, { "Fn::GetAZs": "" }] },
        CidrBlock: { "Fn::Select": [1, { "Fn::Cidr": [{ "Fn::GetAtt": ["Vpc", "CidrBlock"] }, 3, 12] }] },
      },
    },
    Group: {
      Type: "AWS::EC2::SecurityGroup",
      Properties: { GroupDescription: "none in", VpcId: { Ref: "Vpc" } },
    },
    Key: { Type: "AWS::KMS::Key", Properties: { KeyPolicy: {} } },
    Disk: { Type: "AWS::EFS::FileSystem" },
  },
  Outputs: {
    Vpc: { Value: { Ref: "Vpc" } },
    Subnet: { Value: { Ref: "Subnet" } },
    Zone: { Value: { "Fn::GetAtt": ["Subnet", "AvailabilityZone"] } },
    Group: { Value: { "Fn::GetAtt": ["Group", "GroupId"] } },
    Key: { Value: { "Fn::GetAtt": ["Key", "Arn"] } },
    Disk: { Value: { Ref: "Disk" } },
  },
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html */
test("types without behaviour answer as AWS's would, and are counted in one line", async () => {
  const stack = await cloud.create("net", network);

  const outputs = Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  expect(outputs).toEqual({
    Vpc: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
    Subnet: expect.stringMatching(/^subnet-[0-9a-f]{17}$/),
    Zone: "us-east-1b",
    Group: expect.stringMatching(/^sg-[0-9a-f]{17}$/),
    Key: expect.stringMatching(
      /^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    ),
    Disk: expect.stringMatching(/^fs-[0-9a-f]{17}$/),
  });
  expect(cloud.reported).toEqual([
    expect.stringMatching(/^net: 7 resources are recorded only: .*AWS::EC2::VPC\b/),
  ]);
});

test("a recorded resource keeps its id over an update in place and gets a new one over a replacement", async () => {
  const idOf = async () => {
    const resources = (await cloud.control("resources")) as { logicalId: string; physicalId: string }[];
    return resources.find(({ logicalId }) => logicalId === "Subnet")?.physicalId;
  };
  const withSubnet = (change: object) => ({
    Resources: {
      ...network.Resources,
      Subnet: {
        ...network.Resources.Subnet,
        Properties: { ...network.Resources.Subnet.Properties, ...change },
      },
    },
  });
  await cloud.create("net", withSubnet({}));
  const first = await idOf();
  await cloud.update("net", withSubnet({ MapPublicIpOnLaunch: true }));
  expect(await idOf()).toBe(first);
  await cloud.update("net", withSubnet({ CidrBlock: "10.0.64.0/20" }));
  expect(await idOf()).not.toBe(first);
});

test("the control `resources` lists what ECS has to know of the network", async () => {
  await cloud.create("net", network);

  const resources = (await cloud.control("resources")) as { logicalId: string }[];

  expect(resources.find(({ logicalId }) => logicalId === "Subnet")).toMatchObject({
    stackName: "net",
    type: "AWS::EC2::Subnet",
    physicalId: expect.stringMatching(/^subnet-/),
    properties: { CidrBlock: "10.0.16.0/20", AvailabilityZone: "us-east-1b" },
  });
});

test("properties without effect are told once per resource, and listed by the control `unsupported`", async () => {
  const properties = { Content: "c", Nested: { Thing: 1 }, Other: 1 };

  await cloud.create("odd", { Resources: { A: { Type: "Test::Disk::File", Properties: properties } } });

  expect(cloud.reported).toEqual(["odd: A (Test::Disk::File): not supported: Nested, Nested.Thing, Other"]);
  expect(await cloud.control("unsupported")).toEqual(
    ["Nested", "Nested.Thing", "Other"].map((property) => ({
      stackName: "odd",
      logicalId: "A",
      type: "Test::Disk::File",
      property,
    })),
  );
});

test("a provider that a service gives wins over the recorded one", async () => {
  const [vpc] = recordedProviders({ accountId: "1", region: "r" }).filter(
    ({ type }) => type === "AWS::EC2::VPC",
  );
  if (vpc === undefined) throw new Error("no recorded VPC");
  const own = { ...vpc, create: async () => ({ physicalId: "vpc-own", attributes: {} }) };
  const other = await startOneService((context) => createStacksService(context, [own]));
  const { CloudFormationClient, CreateStackCommand, DescribeStackResourceCommand } =
    await import("@aws-sdk/client-cloudformation");
  const client = new CloudFormationClient(other.client);
  const template = {
    Resources: { Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } } },
  };

  await client.send(new CreateStackCommand({ StackName: "s", TemplateBody: JSON.stringify(template) }));

  const { StackResourceDetail } = await client.send(
    new DescribeStackResourceCommand({ StackName: "s", LogicalResourceId: "Vpc" }),
  );
  expect(StackResourceDetail?.PhysicalResourceId).toBe("vpc-own");
  await other.stop();
});
