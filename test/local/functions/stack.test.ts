import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startCloud, type Cloud } from "#local/cloud.ts";

type Resource = Readonly<Record<string, unknown>>;
const arnOf = (id: string) => ({ "Fn::GetAtt": [id, "Arn"] });

const Role = {
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    },
    Policies: [
      {
        PolicyName: "queue",
        PolicyDocument: {
          Statement: [
            {
              Effect: "Allow",
              Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
              Resource: arnOf("Queue"),
            },
          ],
        },
      },
    ],
  },
};
const Queue = { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 60 } };
const Worker = (source: string, more: Resource = {}) => ({
  Type: "AWS::Lambda::Function",
  Properties: {
    FunctionName: "worker",
    Code: { ZipFile: source },
    Handler: "index.handler",
    Runtime: "nodejs24.x",
    Role: arnOf("Role"),
    Timeout: 10,
    LoggingConfig: { LogGroup: "/worker" },
    ...more,
  },
});
const Mapping = {
  Type: "AWS::Lambda::EventSourceMapping",
  Properties: { EventSourceArn: arnOf("Queue"), FunctionName: arnOf("Worker"), BatchSize: 5 },
};
const Rule = {
  Type: "AWS::Events::Rule",
  Properties: { EventPattern: { source: ["toy"] }, Targets: [{ Id: "worker", Arn: arnOf("Worker") }] },
};
const Permission = {
  Type: "AWS::Lambda::Permission",
  Properties: {
    Action: "lambda:InvokeFunction",
    FunctionName: arnOf("Worker"),
    Principal: "events.amazonaws.com",
    SourceArn: arnOf("Rule"),
  },
};
const Version = { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "Worker" } } };
const InvokeConfig = {
  Type: "AWS::Lambda::EventInvokeConfig",
  Properties: { FunctionName: { Ref: "Worker" }, Qualifier: "$LATEST", MaximumRetryAttempts: 1 },
};

const SAYS = (word: string) =>
  `exports.handler = async (event) => { console.log("${word}", event.Records?.[0].body ?? event.detail?.name); return process.env.WORD ?? "${word}"; };`;

let folder: string;
let cloud: Cloud;
let clients: {
  stacks: CloudFormationClient;
  lambda: LambdaClient;
  logs: CloudWatchLogsClient;
  events: EventBridgeClient;
  sqs: SQSClient;
};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "functions-stack-"));
  cloud = await startCloud({ dataDir: folder });
  const config = {
    endpoint: cloud.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "operator", secretAccessKey: "any" },
  };
  clients = {
    stacks: new CloudFormationClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    events: new EventBridgeClient(config),
    sqs: new SQSClient(config),
  };
});
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

const templateOf = (Resources: Readonly<Record<string, Resource>>, Outputs: Resource = {}) =>
  JSON.stringify({ AWSTemplateFormatVersion: "2010-09-09", Resources, Outputs });

/** Waits for the end of what a stack does. */
async function settled(StackName: string) {
  for (;;) {
    const { Stacks } = await clients.stacks.send(new DescribeStacksCommand({ StackName }));
    const stack = Stacks?.[0];
    if (stack?.StackStatus?.endsWith("IN_PROGRESS") === false) return stack;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function created(StackName: string, TemplateBody: string) {
  const Capabilities: ["CAPABILITY_NAMED_IAM"] = ["CAPABILITY_NAMED_IAM"];
  await clients.stacks.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities }));
  return settled(StackName);
}

async function noFunctionIsLeft(): Promise<void> {
  for (;;) {
    const { Functions } = await clients.lambda.send(new ListFunctionsCommand({}));
    if (Functions?.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function logged(group: string, text: string): Promise<void> {
  for (;;) {
    const { events } = await clients.logs
      .send(new FilterLogEventsCommand({ logGroupName: group }))
      .catch(() => ({ events: [] }));
    if (events?.some(({ message }) => message?.includes(text)) === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function invoke(): Promise<unknown> {
  const { Payload } = await clients.lambda.send(new InvokeCommand({ FunctionName: "worker" }));
  return JSON.parse(Buffer.from(Payload ?? []).toString("utf8")) as unknown;
}

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 */
describe("a stack with a function", () => {
  test("is created: queue and rule reach the function by its role and its policy", async () => {
    const Resources = {
      Role,
      Queue,
      Worker: Worker(SAYS("first")),
      Mapping,
      Rule,
      Permission,
      Version,
      InvokeConfig,
    };
    const Outputs = { QueueUrl: { Value: { Ref: "Queue" } }, Arn: { Value: arnOf("Worker") } };
    const stack = await created("toy", templateOf(Resources, Outputs));
    expect(stack.StackStatus).toBe("CREATE_COMPLETE");
    const outputs = Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    expect(outputs["Arn"]).toBe("arn:aws:lambda:us-east-1:000000000000:function:worker");

    await clients.sqs.send(
      new SendMessageCommand({ QueueUrl: outputs["QueueUrl"], MessageBody: "by queue" }),
    );
    await logged("/worker", "first by queue");
    const event = { Source: "toy", DetailType: "Toy", Detail: JSON.stringify({ name: "by rule" }) };
    await clients.events.send(new PutEventsCommand({ Entries: [event] }));
    await logged("/worker", "first by rule");

    const { Policy } = await clients.lambda.send(new GetPolicyCommand({ FunctionName: "worker" }));
    expect(JSON.parse(Policy ?? "")).toMatchObject({
      Statement: [
        {
          Principal: { Service: "events.amazonaws.com" },
          Action: "lambda:InvokeFunction",
          Condition: {
            ArnLike: {
              "AWS:SourceArn": expect.stringMatching(/^arn:aws:events:us-east-1:000000000000:rule\//),
            },
          },
        },
      ],
    });
    const config = await clients.lambda.send(
      new GetFunctionEventInvokeConfigCommand({ FunctionName: "worker" }),
    );
    expect(config.MaximumRetryAttempts).toBe(1);
    const { Versions } = await clients.lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName: "worker" }),
    );
    expect(Versions?.map(({ Version: version }) => version)).toEqual(["$LATEST", "1"]);
  });

  test("is updated: code and settings change, the function stays", async () => {
    const Changed = Worker(SAYS("second"), {
      MemorySize: 512,
      Environment: { Variables: { WORD: "third" } },
    });
    const Resources = {
      Role,
      Queue,
      Worker: Changed,
      Mapping: { ...Mapping, Properties: { ...Mapping.Properties, BatchSize: 7 } },
      Rule,
    };
    await clients.stacks.send(
      new UpdateStackCommand({
        StackName: "toy",
        TemplateBody: templateOf(Resources),
        Capabilities: ["CAPABILITY_NAMED_IAM"],
      }),
    );
    expect((await settled("toy")).StackStatus).toBe("UPDATE_COMPLETE");
    expect(await invoke()).toBe("third");
    const { Configuration } = await clients.lambda.send(new GetFunctionCommand({ FunctionName: "worker" }));
    expect(Configuration).toMatchObject({ MemorySize: 512, Handler: "index.handler", Timeout: 10 });
    const { EventSourceMappings } = await clients.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: "worker" }),
    );
    expect(EventSourceMappings).toMatchObject([{ BatchSize: 7, State: "Enabled" }]);
    await expect(clients.lambda.send(new GetPolicyCommand({ FunctionName: "worker" }))).rejects.toMatchObject(
      {
        name: "ResourceNotFoundException",
      },
    );
  });

  test("is kept over a restart of the cloud", async () => {
    const port = cloud.port;
    await cloud.stop();
    cloud = await startCloud({ dataDir: folder, port });
    expect(await invoke()).toBe("third");
  });

  test("is deleted with all that it made", async () => {
    await clients.stacks.send(new DeleteStackCommand({ StackName: "toy" }));
    await noFunctionIsLeft();
    const { EventSourceMappings } = await clients.lambda.send(new ListEventSourceMappingsCommand({}));
    expect(EventSourceMappings).toEqual([]);
  });

  test("gets no log group back from the last lines of a function whose role may not make one", async () => {
    const source = `exports.handler = async () => { console.log("begun"); await new Promise((resolve) => setTimeout(resolve, 1500)); console.log("done"); };`;
    await created("late", templateOf({ Role, Queue, Worker: Worker(source) }));
    const invoked = clients.lambda.send(new InvokeCommand({ FunctionName: "worker" }));
    await logged("/worker", "begun");
    await clients.logs.send(new DeleteLogGroupCommand({ logGroupName: "/worker" }));

    await invoked;
    const lines = clients.logs.send(new FilterLogEventsCommand({ logGroupName: "/worker" }));
    await expect(lines).rejects.toThrow("The specified log group does not exist.");
    await clients.stacks.send(new DeleteStackCommand({ StackName: "late" }));
    await noFunctionIsLeft();
  });

  test.each<[string, Readonly<Record<string, Resource>>, RegExp]>([
    ["a runtime that is not run here", { Worker: Worker("", { Runtime: "python3.13" }) }, /python3\.13/],
    [
      "a role that does not exist",
      { Worker: Worker("", { Role: "arn:aws:iam::000000000000:role/missing" }) },
      /The role defined for the function cannot be assumed by Lambda/,
    ],
    [
      "a function URL",
      {
        Worker: Worker(""),
        Url: {
          Type: "AWS::Lambda::Url",
          Properties: { TargetFunctionArn: arnOf("Worker"), AuthType: "NONE" },
        },
      },
      /AWS::Lambda::Url/,
    ],
  ])("is rolled back with %s, which is named", async (title, resources, reason) => {
    const StackName = title.replaceAll(" ", "-");
    const stack = await created(StackName, templateOf({ Role, Queue, ...resources }));
    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
    const { StackEvents } = await clients.stacks.send(new DescribeStackEventsCommand({ StackName }));
    expect(StackEvents?.map((event) => event.ResourceStatusReason).join("\n")).toMatch(reason);
    expect((await clients.lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  });
});
