import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  ExecuteChangeSetCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient, RegisterTaskDefinitionCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateEventSourceMappingCommand,
  GetFunctionCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";

let cloud: CloudUnderTest;

beforeAll(async () => {
  cloud = await startWholeCloud();
});
afterAll(() => cloud.end());

/** Wrong on purpose: the SDK's types would not let it pass. */
const wrong = <T>(value: unknown): T => value as T;

interface Case {
  readonly title: string;
  readonly call: () => Promise<unknown>;
  readonly code: string;
  readonly text: string;
}

const client = () => cloud.client();
const rule = (text: string) => `1 validation error detected: ${text}`;

const cases: readonly Case[] = [
  {
    title: "ECS: a member that must be there",
    call: () => new ECSClient(client()).send(new RunTaskCommand(wrong({ cluster: "none" }))),
    code: "InvalidParameterException",
    text: rule("Value null at 'taskDefinition' failed to satisfy constraint: Member must not be null"),
  },
  {
    title: "ECS: a launch type that is none",
    call: () =>
      new ECSClient(client()).send(new RunTaskCommand({ taskDefinition: "a", launchType: wrong("LAMBDA") })),
    code: "InvalidParameterException",
    text: rule(
      "Value 'LAMBDA' at 'launchType' failed to satisfy constraint: Member must satisfy enum value set: [EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES]",
    ),
  },
  {
    title: "ECS: an element deep inside a task definition",
    call: () =>
      new ECSClient(client()).send(
        new RegisterTaskDefinitionCommand({
          family: "a",
          containerDefinitions: [{ name: "a", image: "b", logConfiguration: { logDriver: wrong("stone") } }],
        }),
      ),
    code: "ClientException",
    text: rule(
      "Value 'stone' at 'containerDefinitions.1.member.logConfiguration.logDriver' failed to satisfy constraint: Member must satisfy enum value set: [json-file, syslog, journald, gelf, fluentd, awslogs, splunk, awsfirelens]",
    ),
  },
  {
    title: "ECS: text where a number belongs",
    call: () =>
      new ECSClient(client()).send(new RunTaskCommand({ taskDefinition: "a", count: wrong("many") })),
    code: "SerializationException",
    text: "STRING_VALUE can not be converted to an Integer",
  },
  {
    title: "ECS: text where a list belongs",
    call: () => new ECSClient(client()).send(new RunTaskCommand({ taskDefinition: "a", tags: wrong({}) })),
    code: "SerializationException",
    text: "Expected list or null",
  },
  {
    title: "EventBridge: a name that breaks its pattern and its length",
    call: () => new EventBridgeClient(client()).send(new PutRuleCommand({ Name: `a b${"c".repeat(70)}` })),
    code: "ValidationException",
    text:
      `2 validation errors detected: Value 'a b${"c".repeat(70)}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64; ` +
      `Value 'a b${"c".repeat(70)}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
  },
  {
    title: "EventBridge: a target without an ARN",
    call: () =>
      new EventBridgeClient(client()).send(
        new PutTargetsCommand({ Rule: "a", Targets: [wrong({ Id: "1" })] }),
      ),
    code: "ValidationException",
    text: rule("Value null at 'targets.1.member.arn' failed to satisfy constraint: Member must not be null"),
  },
  {
    title: "Logs: a name that is too long",
    call: () =>
      new CloudWatchLogsClient(client()).send(new CreateLogGroupCommand({ logGroupName: "g".repeat(513) })),
    code: "InvalidParameterException",
    text: rule(
      `Value '${"g".repeat(513)}' at 'logGroupName' failed to satisfy constraint: Member must have length less than or equal to 512`,
    ),
  },
  {
    title: "Logs: no events at all",
    call: () =>
      new CloudWatchLogsClient(client()).send(
        new PutLogEventsCommand({ logGroupName: "g", logStreamName: "s", logEvents: [] }),
      ),
    code: "InvalidParameterException",
    text: rule(
      "Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ),
  },
  {
    title: "Logs: a tag's value that is too long is told with all the rules of values",
    call: () =>
      new CloudWatchLogsClient(client()).send(
        new CreateLogGroupCommand({ logGroupName: "g", tags: { a: "\u0000" } }),
      ),
    code: "InvalidParameterException",
    text: rule(
      "Value '{a=\u0000}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$]",
    ),
  },
  {
    title: "SQS: a call without its queue",
    call: () => new SQSClient(client()).send(new ReceiveMessageCommand(wrong({}))),
    code: "MissingParameter",
    text: "The request must contain the parameter QueueUrl.",
  },
  {
    title: "SQS: a message without a body",
    call: async () => {
      const { QueueUrl } = await new SQSClient(client()).send(
        new CreateQueueCommand({ QueueName: "bodies" }),
      );
      return new SQSClient(client()).send(new SendMessageCommand(wrong({ QueueUrl })));
    },
    code: "MissingParameter",
    text: "The request must contain the parameter MessageBody.",
  },
  {
    title: "SQS: a delay of 901 seconds",
    call: async () => {
      const { QueueUrl } = await new SQSClient(client()).send(
        new CreateQueueCommand({ QueueName: "delays" }),
      );
      return new SQSClient(client()).send(
        new SendMessageCommand({ QueueUrl, MessageBody: "late", DelaySeconds: 901 }),
      );
    },
    code: "InvalidParameterValue",
    text: "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
  },
  {
    title: "SQS: eleven messages at once",
    call: async () => {
      const { QueueUrl } = await new SQSClient(client()).send(new CreateQueueCommand({ QueueName: "many" }));
      return new SQSClient(client()).send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 }));
    },
    code: "InvalidParameterValue",
    text: "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
  },
  {
    title: "Lambda: a name with a space, in the path",
    call: () => new LambdaClient(client()).send(new GetFunctionCommand({ FunctionName: "not a name" })),
    code: "ValidationException",
    text: rule(
      "Value 'not a name' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
    ),
  },
  {
    title: "Lambda: a number beyond its range, in the body",
    call: () =>
      new LambdaClient(client()).send(
        new PutFunctionEventInvokeConfigCommand({ FunctionName: "a", MaximumRetryAttempts: 3 }),
      ),
    code: "ValidationException",
    text: rule(
      "Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2",
    ),
  },
  {
    title: "Lambda: a batch larger than any",
    call: () =>
      new LambdaClient(client()).send(
        new CreateEventSourceMappingCommand({
          FunctionName: "a",
          EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:q",
          BatchSize: 10_001,
        }),
      ),
    code: "ValidationException",
    text: rule(
      "Value '10001' at 'batchSize' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ),
  },
  {
    title: "CloudWatch: a namespace that is missing",
    call: () => new CloudWatchClient(client()).send(new PutMetricDataCommand(wrong({ MetricData: [] }))),
    // So the SDK calls the wire's MissingParameter.
    code: "MissingRequiredParameterException",
    text: "The parameter Namespace is required.",
  },
  {
    title: "CloudWatch: a number that is too small, sent as CBOR",
    call: () =>
      new CloudWatchClient(client()).send(
        new PutMetricDataCommand({ Namespace: "a", MetricData: [{ MetricName: "m", StorageResolution: 0 }] }),
      ),
    code: "ValidationException",
    text: rule(
      "Value '0' at 'metricData.1.member.storageResolution' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ),
  },
  {
    title: "CloudFormation: a change set that is not named",
    call: () =>
      new CloudFormationClient(client()).send(new ExecuteChangeSetCommand(wrong({ StackName: "a" }))),
    code: "ValidationError",
    text: rule("Value null at 'changeSetName' failed to satisfy constraint: Member must not be null"),
  },
  {
    title: "CloudFormation: a token that is too long",
    call: () =>
      new CloudFormationClient(client()).send(
        new DescribeStackEventsCommand({ StackName: "none", NextToken: "t".repeat(1025) }),
      ),
    code: "ValidationError",
    text: rule(
      `Value '${"t".repeat(1025)}' at 'nextToken' failed to satisfy constraint: Member must have length less than or equal to 1024`,
    ),
  },
  {
    title: "IAM: a role's name that is too long",
    call: () =>
      new IAMClient(client()).send(
        new CreateRoleCommand({ RoleName: "r".repeat(65), AssumeRolePolicyDocument: "{}" }),
      ),
    code: "ValidationError",
    text: rule(
      `Value '${"r".repeat(65)}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ),
  },
  {
    title: "STS: a session of a minute, in a form where all is text",
    call: () =>
      new STSClient(client()).send(
        new AssumeRoleCommand({
          RoleArn: "arn:aws:iam::000000000000:role/some-role",
          RoleSessionName: "me",
          DurationSeconds: 60,
        }),
      ),
    code: "ValidationError",
    text: rule(
      "Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ),
  },
];

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html */
test("one entry of a batch that breaks a limit fails alone", async () => {
  const sqs = new SQSClient(client());
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "batches" }));

  const answer = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: "good", MessageBody: "a" },
        { Id: "late", MessageBody: "b", DelaySeconds: 901 },
      ],
    }),
  );

  expect(answer.Successful?.map(({ Id }) => Id)).toEqual(["good"]);
  expect(answer.Failed).toMatchObject([{ Id: "late", Code: "InvalidParameterValue", SenderFault: true }]);
});

test.each(cases)("refuses as AWS does: $title", async ({ call, code, text }) => {
  const refusal = await call().then(
    () => undefined,
    (error: unknown) => error as Error & { $metadata: { httpStatusCode: number } },
  );
  expect({ code: refusal?.name, text: refusal?.message }).toEqual({ code, text });
  expect(refusal?.$metadata.httpStatusCode).toBe(400);
});
