import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import type { Script } from "../script.ts";

const StackName = "agreement-dev";

/** As the Serverless Framework begins: a stack of the bucket for its artefacts. */
const first = {
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "first",
  Resources: { ServerlessDeploymentBucket: { Type: "AWS::S3::Bucket" } },
  Outputs: { ServerlessDeploymentBucketName: { Value: { Ref: "ServerlessDeploymentBucket" } } },
};

const second = {
  ...first,
  Resources: {
    ...first.Resources,
    Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: { "Fn::Sub": "${AWS::StackName}-jobs" } } },
    Topic: { Type: "AWS::SNS::Topic", DependsOn: "Queue", Properties: { TopicName: "agreement-topic" } },
    Group: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "/agreement/dev" } },
  },
  Outputs: {
    ...first.Outputs,
    QueueArn: { Value: { "Fn::GetAtt": ["Queue", "Arn"] }, Export: { Name: "agreement-queue" } },
  },
};

export const deployScript: Script = {
  service: "Deploy",
  steps(settings) {
    const cfn = new CloudFormationClient(settings);
    const settled = async () => {
      for (let attempt = 0; attempt < 100; attempt += 1) {
        const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }));
        const status = Stacks?.[0]?.StackStatus;
        if (status?.endsWith("_IN_PROGRESS") === false && status !== "REVIEW_IN_PROGRESS") return status;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return "still in progress";
    };
    const changeSet = async (ChangeSetName: string, template: object, ChangeSetType: "CREATE" | "UPDATE") => {
      await cfn.send(
        new CreateChangeSetCommand({
          StackName,
          ChangeSetName,
          ChangeSetType,
          TemplateBody: JSON.stringify(template),
          Capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        }),
      );
      for (let attempt = 0; attempt < 100; attempt += 1) {
        const { Status, StatusReason, ExecutionStatus, Changes } = await cfn.send(
          new DescribeChangeSetCommand({ StackName, ChangeSetName }),
        );
        const done = Status === "CREATE_COMPLETE" || Status === "FAILED";
        if (done) {
          const changes = Changes?.map(
            ({ ResourceChange: change }) => `${change?.Action} ${change?.LogicalResourceId}`,
          ).sort();
          return { Status, StatusReason, ExecutionStatus, changes };
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return "still in progress";
    };
    const execute = async (ChangeSetName: string) => {
      await cfn.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
      return settled();
    };
    return [
      ["describe no stack", () => cfn.send(new DescribeStacksCommand({ StackName }))],
      [
        "validate",
        async () =>
          (await cfn.send(new ValidateTemplateCommand({ TemplateBody: JSON.stringify(first) }))).Description,
      ],
      [
        "validate what is no template",
        () => cfn.send(new ValidateTemplateCommand({ TemplateBody: '{"Resources":{}}' })),
      ],
      ["a change set that makes the stack", () => changeSet("create", first, "CREATE")],
      ["execute it", () => execute("create")],
      [
        "one resource",
        async () =>
          (
            await cfn.send(
              new DescribeStackResourceCommand({
                StackName,
                LogicalResourceId: "ServerlessDeploymentBucket",
              }),
            )
          ).StackResourceDetail?.ResourceType,
      ],
      [
        "a resource that is none",
        () => cfn.send(new DescribeStackResourceCommand({ StackName, LogicalResourceId: "None" })),
      ],
      ["a change set with more", () => changeSet("more", second, "UPDATE")],
      ["execute more", () => execute("more")],
      ["a change set without changes", () => changeSet("same", second, "UPDATE")],
      [
        "update without changes",
        () => cfn.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(second) })),
      ],
      [
        "outputs",
        async () =>
          (await cfn.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.Outputs?.filter(
            ({ OutputKey }) => OutputKey === "QueueArn",
          ),
      ],
      [
        "resources",
        async () =>
          (await cfn.send(new ListStackResourcesCommand({ StackName }))).StackResourceSummaries?.map(
            (each) => `${each.LogicalResourceId} ${each.ResourceType} ${each.ResourceStatus}`,
          ).sort(),
      ],
      [
        "the stack's own events, newest first",
        async () =>
          (await cfn.send(new DescribeStackEventsCommand({ StackName }))).StackEvents?.filter(
            ({ ResourceType }) => ResourceType === "AWS::CloudFormation::Stack",
          ).map(({ ResourceStatus }) => ResourceStatus),
      ],
      [
        "the template",
        async () =>
          JSON.parse((await cfn.send(new GetTemplateCommand({ StackName }))).TemplateBody ?? "{}") as unknown,
      ],
      [
        "create it once more",
        () => cfn.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(first) })),
      ],
      [
        "delete",
        async () => {
          await cfn.send(new DeleteStackCommand({ StackName }));
          for (let attempt = 0; attempt < 100; attempt += 1) {
            const gone = await cfn.send(new DescribeStacksCommand({ StackName })).then(
              () => false,
              () => true,
            );
            if (gone) return "gone";
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          return "still there";
        },
      ],
      ["delete what is gone", () => cfn.send(new DeleteStackCommand({ StackName })).then(() => undefined)],
      [
        "a Ref to nothing",
        () =>
          cfn.send(
            new CreateStackCommand({
              StackName: "broken",
              TemplateBody: JSON.stringify({
                Resources: { Q: { Type: "AWS::SQS::Queue", Properties: { QueueName: { Ref: "Nothing" } } } },
              }),
            }),
          ),
      ],
      [
        "a type that is none",
        () =>
          cfn
            .send(
              new CreateStackCommand({
                StackName: "broken2",
                TemplateBody: JSON.stringify({ Resources: { Q: { Type: "AWS::SQS::Pond" } } }),
              }),
            )
            .then(() => undefined),
      ],
    ];
  },
};
