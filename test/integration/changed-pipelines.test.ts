import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { PROJECT_DIR } from "../../cli/running-cloud.ts";
import { EverythingFolder } from "../golden/support/everything-folder.ts";
import { StageAccount } from "./support/stage-account.ts";

/** Stage dev, whose pipelines change from one deploy to the next. */

const MINUTES = 60_000;

let account: StageAccount;
let pipelinesFile: string;
beforeAll(async () => {
  const folder = await EverythingFolder.make();
  pipelinesFile = join(folder.path, "pipelines.ts");
  await changePipelines((text) => text);
  account = await StageAccount.open("dev", folder);
});
afterAll(() => account.close());

async function changePipelines(change: (text: string) => string): Promise<void> {
  await writeFile(pipelinesFile, change(await readFile(join(PROJECT_DIR, "pipelines.ts"), "utf8")));
}

async function outputs(): Promise<Record<string, string>> {
  const client = new CloudFormationClient(account.client);
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: "slipway-dev" }));
  const all = Stacks[0]?.Outputs ?? [];
  return Object.fromEntries(all.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
}

it(
  "keeps a queue that messages wait in, and lets files count from the deploy that gave them a pipeline",
  async () => {
    await account.serverless("deploy");
    const { JobsTable = "", RenditionsWorkQueueUrl: QueueUrl } = await outputs();
    const store = new DynamoDbPipelineStore({
      client: new DynamoDBClient(account.client),
      tableName: JobsTable,
    });
    const first = await store.readPipeline("images");
    const sqs = new SQSClient(account.client);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}", DelaySeconds: 900 }));
    await changePipelines((text) =>
      text.replace("renditions: {", "pictures: {").replace('prefix: "images/"', 'prefix: "photos/"'),
    );

    const refused = await account.serverless("deploy");

    expect(refused.code).not.toBe(0);
    expect(refused.said).toContain('The work queue of pipeline "renditions"');
    expect(await store.readPipelines(["images", "pictures"])).toEqual(new Map([["images", first]]));
    expect(await outputs()).toMatchObject({ RenditionsWorkQueueUrl: QueueUrl });

    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    const { said } = await account.serverless("deploy");
    const states = await store.readPipelines(["images", "pictures"]);

    expect(said).toContain("Service deployed");
    expect(first).toMatchObject({ uploads: { prefix: "images/" } });
    expect(states.get("images")?.uploads?.prefix).toBe("photos/");
    expect(states.get("images")?.since).toBe(states.get("pictures")?.since);
    expect(Date.parse(states.get("images")?.since ?? "")).toBeGreaterThan(Date.parse(first?.since ?? ""));
  },
  6 * MINUTES,
);
