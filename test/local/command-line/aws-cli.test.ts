import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { findAwsCli, runAwsCli } from "#test/local/support/aws-cli.ts";
import { zipOf } from "#test/local/functions/support/zip-of.ts";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";

const cli = findAwsCli();
if (cli === undefined)
  console.warn("SKIPPED: the AWS CLI is not installed, so it is not tried as a second client");

let cloud: CloudUnderTest;
const folder = mkdtempSync(join(tmpdir(), "aws-cli-"));
beforeAll(async () => {
  cloud = await startWholeCloud();
});
afterAll(async () => {
  await cloud.end();
  rmSync(folder, { recursive: true });
});

async function run(...words: string[]): Promise<string> {
  if (cli === undefined) throw new Error("there is no AWS CLI");
  return runAwsCli(cli, { endpoint: cloud.cloud.endpoint, folder }, ["--output", "json", ...words]);
}

/** The JSON that a command prints. */
async function aws(...words: string[]): Promise<Record<string, unknown>> {
  const printed = await run(...words);
  return (printed === "" ? {} : JSON.parse(printed)) as Record<string, unknown>;
}

(cli === undefined ? describe.skip : describe)("the AWS CLI, with three variables and an endpoint", () => {
  test("makes a stack, waits for it and describes it", async () => {
    const template = {
      Resources: {
        Jobs: { Type: "AWS::SQS::Queue", Properties: { QueueName: "cli-jobs" } },
        Items: {
          Type: "AWS::DynamoDB::Table",
          Properties: {
            TableName: "cli-items",
            BillingMode: "PAY_PER_REQUEST",
            AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          },
        },
        News: { Type: "AWS::SNS::Topic", Properties: { TopicName: "cli-news" } },
      },
      Outputs: { QueueUrl: { Value: { Ref: "Jobs" } } },
    };
    writeFileSync(join(folder, "template.json"), JSON.stringify(template));

    await aws(
      "cloudformation",
      "create-stack",
      "--stack-name",
      "cli",
      "--template-body",
      "file://template.json",
    );
    await aws("cloudformation", "wait", "stack-create-complete", "--stack-name", "cli");

    expect(await aws("cloudformation", "describe-stacks", "--stack-name", "cli")).toMatchObject({
      Stacks: [
        {
          StackStatus: "CREATE_COMPLETE",
          Outputs: [{ OutputKey: "QueueUrl", OutputValue: `${cloud.cloud.endpoint}/000000000000/cli-jobs` }],
        },
      ],
    });
  });

  test("sends, receives and deletes messages", async () => {
    const url = `${cloud.cloud.endpoint}/000000000000/cli-jobs`;

    const sent = await aws("sqs", "send-message", "--queue-url", url, "--message-body", "hello");

    const received = await aws("sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "2");
    expect(received).toMatchObject({
      Messages: [{ MessageId: sent["MessageId"], Body: "hello", MD5OfBody: sent["MD5OfMessageBody"] }],
    });
    const [message] = received["Messages"] as { ReceiptHandle: string }[];
    const handle = message?.ReceiptHandle ?? "";
    await aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", handle);
  });

  test("gets and queries items", async () => {
    const item = '{"id":{"S":"1"},"text":{"S":"über"}}';

    await aws("dynamodb", "put-item", "--table-name", "cli-items", "--item", item);

    const got = await aws("dynamodb", "get-item", "--table-name", "cli-items", "--key", '{"id":{"S":"1"}}');
    expect(got["Item"]).toEqual(JSON.parse(item));
    const query = [
      "--key-condition-expression",
      "id = :id",
      "--expression-attribute-values",
      '{":id":{"S":"1"}}',
    ];
    expect(await aws("dynamodb", "query", "--table-name", "cli-items", ...query)).toMatchObject({ Count: 1 });
  });

  test("puts events that reach a queue, and tries patterns", async () => {
    const arn = "arn:aws:sqs:us-east-1:000000000000:cli-jobs";
    const url = `${cloud.cloud.endpoint}/000000000000/cli-jobs`;
    const allow = {
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: arn,
        },
      ],
    };
    const attributes = JSON.stringify({ Policy: JSON.stringify(allow) });
    await aws("sqs", "set-queue-attributes", "--queue-url", url, "--attributes", attributes);
    await aws("events", "put-rule", "--name", "cli-rule", "--event-pattern", '{"source":["cli"]}');
    await aws("events", "put-targets", "--rule", "cli-rule", "--targets", `Id=1,Arn=${arn}`);

    const entry = JSON.stringify([{ Source: "cli", DetailType: "Said", Detail: '{"word":"hello"}' }]);
    expect(await aws("events", "put-events", "--entries", entry)).toMatchObject({ FailedEntryCount: 0 });

    const received = await aws("sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "5");
    const [message] = received["Messages"] as { Body: string }[];
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({ source: "cli", detail: { word: "hello" } });
    const event =
      '{"id":"1","account":"1","source":"cli","time":"2026-01-01T00:00:00Z","region":"r","resources":[],"detail-type":"t","detail":{}}';
    const tried = await aws(
      "events",
      "test-event-pattern",
      "--event-pattern",
      '{"source":["cli"]}',
      "--event",
      event,
    );
    expect(tried).toEqual({ Result: true });
  });

  test("runs, describes, lists and stops tasks", async () => {
    const image = fileURLToPath(new URL("../tasks/images/worker", import.meta.url));
    const containers = JSON.stringify([
      { name: "main", image, essential: true, command: ["/app/main.mjs", "wait"] },
    ]);
    await aws("ecs", "create-cluster", "--cluster-name", "cli");
    const size = [
      "--cpu",
      "256",
      "--memory",
      "512",
      "--network-mode",
      "awsvpc",
      "--requires-compatibilities",
      "FARGATE",
    ];
    await aws(
      "ecs",
      "register-task-definition",
      "--family",
      "cli",
      ...size,
      "--container-definitions",
      containers,
    );

    const network = "awsvpcConfiguration={subnets=[subnet-1],securityGroups=[],assignPublicIp=ENABLED}";
    const where = ["--cluster", "cli"];
    const ran = await aws(
      "ecs",
      "run-task",
      ...where,
      "--task-definition",
      "cli",
      "--launch-type",
      "FARGATE",
      "--network-configuration",
      network,
    );
    const [task] = ran["tasks"] as { taskArn: string }[];
    const arn = task?.taskArn ?? "";
    await aws("ecs", "wait", "tasks-running", ...where, "--tasks", arn);
    expect(await aws("ecs", "list-tasks", ...where)).toEqual({ taskArns: [arn] });

    await aws("ecs", "stop-task", ...where, "--task", arn, "--reason", "enough");
    await aws("ecs", "wait", "tasks-stopped", ...where, "--tasks", arn);

    expect(await aws("ecs", "describe-tasks", ...where, "--tasks", arn)).toMatchObject({
      tasks: [{ lastStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: "enough" }],
      failures: [],
    });
  });

  test("invokes a function and reads what it logged", async () => {
    const code =
      'export const handler = async (event) => { console.log("said", event.word); return event.word.length; };';
    writeFileSync(join(folder, "code.zip"), zipOf({ "index.mjs": code }));
    const trust = JSON.stringify({
      Statement: [
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    });
    const { Role: role } = (await aws(
      "iam",
      "create-role",
      "--role-name",
      "cli",
      "--assume-role-policy-document",
      trust,
    )) as { Role: { Arn: string } };
    const may = JSON.stringify({
      Statement: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "*",
        },
      ],
    });
    await aws(
      "iam",
      "put-role-policy",
      "--role-name",
      "cli",
      "--policy-name",
      "logs",
      "--policy-document",
      may,
    );
    await aws(
      "lambda",
      "create-function",
      "--function-name",
      "cli",
      "--runtime",
      "nodejs24.x",
      "--handler",
      "index.handler",
      "--role",
      role.Arn,
      "--zip-file",
      "fileb://code.zip",
    );
    await aws("lambda", "wait", "function-active-v2", "--function-name", "cli");
    const since = Date.now() - 60_000;

    writeFileSync(join(folder, "payload.json"), '{"word":"hello"}');
    const answer = await aws(
      "lambda",
      "invoke",
      "--function-name",
      "cli",
      "--log-type",
      "Tail",
      "--payload",
      "fileb://payload.json",
      "out.json",
    );

    expect(answer["StatusCode"]).toBe(200);
    expect(Buffer.from(String(answer["LogResult"]), "base64").toString()).toContain("said hello");
    expect(readFileSync(join(folder, "out.json"), "utf8")).toBe("5");
    // `logs tail` is version 2's alone; it asks for the same.
    const group = "/aws/lambda/cli";
    const told =
      (cli?.majorVersion ?? 0) >= 2
        ? await run("logs", "tail", group, "--since", "1m")
        : await run(
            "logs",
            "filter-log-events",
            "--log-group-name",
            group,
            "--start-time",
            `${since}`,
            "--interleaved",
          );
    expect(told).toContain("said hello");
  });

  test("publishes to a topic and lists metrics", async () => {
    const topic = "arn:aws:sns:us-east-1:000000000000:cli-news";
    expect(await aws("sns", "publish", "--topic-arn", topic, "--message", "hello")).toHaveProperty(
      "MessageId",
    );

    await aws(
      "cloudwatch",
      "put-metric-data",
      "--namespace",
      "Cli",
      "--metric-name",
      "Words",
      "--value",
      "3",
    );

    expect(await aws("cloudwatch", "list-metrics", "--namespace", "Cli")).toMatchObject({
      Metrics: [{ Namespace: "Cli", MetricName: "Words", Dimensions: [] }],
    });
  });

  test("says what AWS says of a call that is wrong", async () => {
    const refused = run(
      "sqs",
      "send-message",
      "--queue-url",
      `${cloud.cloud.endpoint}/000000000000/cli-jobs`,
      "--message-body",
      "x",
      "--delay-seconds",
      "901",
    );

    await expect(refused).rejects.toThrow(
      "An error occurred (InvalidParameterValue) when calling the SendMessage operation: Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
    );
  });
});
