import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { familyName } from "#infrastructure/pipeline-names.ts";
import { introduceBeforehand, introducePipelines } from "#infrastructure/plugin/introduce-pipelines.ts";
import { waitingMessages } from "#infrastructure/plugin/waiting-messages.ts";
import { workQueue } from "#infrastructure/work-queue.ts";
import { createJobsTable } from "#test/contracts/support/jobs-table.ts";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";
import { aPipeline } from "#test/unit/support/builders.ts";

/* What a deploy does to a stage that stands already, before the stack changes. */

const region = "us-east-1";
const stackName = "slipway-dev";

const { "fast-thumbnails": thumbnails, renditions } = definePipelines({
  "fast-thumbnails": { source: { type: "queue" }, task: "media" },
  renditions: { source: { type: "queue" }, task: "media" },
}) as Record<"fast-thumbnails" | "renditions", Pipeline>;

let cloud: CloudUnderTest;
let dynamoDb: DynamoDBClient;
const before = { ...process.env };
beforeAll(async () => {
  cloud = await startWholeCloud();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.cloud.endpoint,
    AWS_ACCESS_KEY_ID: "operator",
    AWS_SECRET_ACCESS_KEY: "operator",
  });
  dynamoDb = new DynamoDBClient(cloud.client());
  await createJobsTable(dynamoDb, "jobs");
  await deployStack();
});
afterAll(async () => {
  process.env = before;
  dynamoDb.destroy();
  await cloud.end();
});

async function deployStack(): Promise<void> {
  const outputs = {
    UploadsBucket: "uploads",
    ResultsBucket: "results",
    JobsTable: "jobs",
    AdminTopic: "topic",
    Cluster: "jobs",
  };
  const template = {
    Resources: {
      IntakeQueue: { Type: "AWS::SQS::Queue" },
      ...workQueue(thumbnails),
      ...workQueue(renditions),
      TeamWorkQueue: { Type: "AWS::SQS::Queue" },
      FastThumbnailsTaskDefinition: {
        Type: "AWS::ECS::TaskDefinition",
        Properties: {
          Family: familyName(thumbnails, "dev"),
          Cpu: "256",
          Memory: "512",
          NetworkMode: "awsvpc",
          RequiresCompatibilities: ["FARGATE"],
          ContainerDefinitions: [{ Name: "main", Image: "any" }],
        },
      },
    },
    Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
  };
  const client = new CloudFormationClient(cloud.client());
  await client.send(new CreateStackCommand({ StackName: stackName, TemplateBody: JSON.stringify(template) }));
  await waitUntilStackCreateComplete(
    { client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.2 },
    { StackName: stackName },
  );
}

describe("a deploy that changes the pipelines of a standing stage", () => {
  const known = {
    pipeline: "images",
    since: "2026-01-01T00:00:00.000Z",
    paused: true,
    uploads: { prefix: "photos/" },
  };
  const deploy = {
    pipelines: { images: aPipeline(), scans: aPipeline("scans") },
    region,
    since: new Date("2026-11-22T20:00:00.000Z"),
  };
  const since = deploy.since.toISOString();

  test("introduces the new ones before the stack changes, and the new prefix of a known one only after", async () => {
    const store = new DynamoDbPipelineStore({ client: dynamoDb, tableName: "jobs" });
    await store.introducePipeline(known);

    expect(await introduceBeforehand({ ...deploy, stackName })).toBeUndefined();

    const scans = { pipeline: "scans", since, paused: false, uploads: { prefix: "scans/" } };
    expect(await store.readPipeline("scans")).toEqual({ ...scans, pending: true });
    expect(await store.readPipeline("images")).toEqual(known);
    expect(await store.readKnownPipelines()).toMatchObject({ scans: "", images: "" });

    await introducePipelines({ ...deploy, tableName: "jobs" });

    expect(await store.readPipeline("scans")).toEqual(scans);
    expect(await store.readPipeline("images")).toMatchObject({
      since,
      uploads: { prefix: "images/" },
      earlier: [{ prefix: "photos/", since: known.since }],
    });
  });

  test("leaves it to its end where there is no stack yet", async () => {
    expect(await introduceBeforehand({ ...deploy, stackName: "slipway-new" })).toBeUndefined();
  });

  test("goes on where it cannot introduce them beforehand, and says what may come of it", async () => {
    await dynamoDb.send(new DeleteTableCommand({ TableName: "jobs" }));

    expect(await introduceBeforehand({ ...deploy, stackName })).toMatch(
      /^New pipelines could not be written down before the deploy, .*ResourceNotFoundException/,
    );
  });
});

describe("a deploy without a pipeline whose work queue the stage has", () => {
  const deploy = { stage: "dev", stackName, region };
  const without = ["IntakeQueue", "RenditionsWorkQueue", "TeamWorkQueue", "FastThumbnailsTaskDefinition"];
  const all = [...without, "FastThumbnailsWorkQueue"];
  const queueOf = async (sqs: SQSClient, name: string): Promise<string> => {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    return QueueUrls.find((url) => url.includes(name)) ?? "";
  };

  test("is refused while messages wait there, in whatever state, and says which, how many and what to do", async () => {
    const sqs = new SQSClient(cloud.client());
    const QueueUrl = await queueOf(sqs, "FastThumbnailsWorkQueue");
    for (const DelaySeconds of [0, 0, 900])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}", DelaySeconds }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));

    expect(await waitingMessages({ ...deploy, kept: without })).toBe(
      `The work queue of pipeline "fast-thumbnails", which this deploy would delete, still holds 3 messages. Send no more to it and deploy again when its workers have finished them (workers of a paused pipeline take none: put it back into pipelines.ts and resume it); or throw them away: aws sqs purge-queue --region us-east-1 --queue-url ${QueueUrl}`,
    );
    const { endpoint } = cloud.cloud;
    expect(await waitingMessages({ ...deploy, kept: without, endpoint })).toContain(
      `away: aws --endpoint-url ${endpoint} sqs purge-queue`,
    );
    expect(await waitingMessages({ ...deploy, kept: all })).toBeUndefined();

    await sqs.send(new PurgeQueueCommand({ QueueUrl }));

    expect(await waitingMessages({ ...deploy, kept: without })).toBeUndefined();
  });

  test("goes on while messages wait in a queue of somebody's own that is named alike and stays", async () => {
    const sqs = new SQSClient(cloud.client());
    const QueueUrl = await queueOf(sqs, "TeamWorkQueue");
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));

    expect(await waitingMessages({ ...deploy, kept: without })).toBeUndefined();
  });

  test("strands nothing where there is no stack yet", async () => {
    expect(await waitingMessages({ ...deploy, stackName: "slipway-new", kept: without })).toBeUndefined();
  });
});
