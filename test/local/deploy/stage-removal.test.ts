import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { prepareRemoval } from "#infrastructure/plugin/remove-stage.ts";
import { createJobsTable } from "#test/contracts/support/jobs-table.ts";
import { behave, definition, runInput } from "#test/local/tasks/support/task-cloud.ts";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";
import { aPipeline } from "#test/unit/support/builders.ts";

const outputs = {
  UploadsBucket: "uploads",
  ResultsBucket: "results",
  JobsTable: "jobs",
  AdminTopic: "topic",
  Cluster: "jobs",
};

let cloud: CloudUnderTest;
let dynamoDb: DynamoDBClient;
let ecs: ECSClient;
const before = { ...process.env };
beforeAll(async () => {
  cloud = await startWholeCloud();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.cloud.endpoint,
    AWS_ACCESS_KEY_ID: "operator",
    AWS_SECRET_ACCESS_KEY: "operator",
  });
  dynamoDb = new DynamoDBClient(cloud.client());
  ecs = new ECSClient(cloud.client());
  await createJobsTable(dynamoDb, outputs.JobsTable);
  await ecs.send(new CreateClusterCommand({ clusterName: outputs.Cluster, capacityProviders: ["FARGATE"] }));
  const {
    executionRoleArn: _,
    taskRoleArn: __,
    ...withoutRoles
  } = definition({ logConfiguration: undefined, stopTimeout: 2 });
  await ecs.send(new RegisterTaskDefinitionCommand(withoutRoles));
  const s3 = new S3Client({ ...cloud.client(), forcePathStyle: true });
  for (const Bucket of [outputs.UploadsBucket, outputs.ResultsBucket])
    await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket: outputs.UploadsBucket, Key: "images/a.jpg", Body: "a" }));
});
afterAll(async () => {
  process.env = before;
  dynamoDb.destroy();
  ecs.destroy();
  await cloud.end();
});

describe("the removal of a stage", () => {
  test("pauses its pipelines before it ends their tasks, so that none is launched in their place", async () => {
    const store = new DynamoDbPipelineStore({ client: dynamoDb, tableName: outputs.JobsTable });
    const since = "2026-01-01T00:00:00.000Z";
    await store.introducePipeline({ pipeline: "images", since, paused: false });
    const pipelines = { images: aPipeline(), unknown: aPipeline("unknown") };
    const isPaused = () =>
      Promise.all(Object.keys(pipelines).map(async (name) => (await store.readPipeline(name))?.paused));
    const { tasks: [{ taskArn = "" } = {}] = [] } = await ecs.send(
      new RunTaskCommand(runInput(behave("ignore-sigterm"))),
    );
    const task = async () => {
      const described = { cluster: outputs.Cluster, tasks: [taskArn] };
      return (await ecs.send(new DescribeTasksCommand(described))).tasks?.[0];
    };
    while ((await task())?.lastStatus !== "RUNNING") await sleep(20);
    const said: string[] = [];
    const paused: { at: number; all: Promise<(boolean | undefined)[]> }[] = [];
    const notice = (text: string) => {
      said.push(text);
      if (text.startsWith("Paused its pipelines")) paused.push({ at: Date.now(), all: isPaused() });
    };

    const stays = await prepareRemoval({
      stage: "dev",
      region: "us-east-1",
      pipelines,
      scalingGroups: [],
      outputs,
      keepsData: false,
      tools: {
        log: { notice, warning: notice },
        progress: { get: () => ({ notice, remove: () => undefined }) },
      },
    });

    const stopped = await task();
    expect(await paused[0]?.all).toEqual([true, true]);
    expect(stopped?.stoppingAt?.getTime()).toBeGreaterThanOrEqual(paused[0]?.at ?? Number.NaN);
    expect(stopped?.lastStatus).toBe("STOPPED");
    expect(said.map((text) => text.split("\n")[0])).toEqual([
      "Removing stage dev: its functions, queues, rules and alarms go.",
      "Paused its pipelines: nothing more is launched.",
      "Stopped 1 task.",
      "These go too, with all that is in them:",
      "Emptied bucket uploads (1 version).",
      "Emptied bucket results (0 versions).",
    ]);
    expect(stays).toEqual([]);
  });
});
