import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { S3ObjectListing } from "#adapters/aws/s3-object-listing.ts";
import type { Job } from "#core/jobs/job.ts";
import type { ObjectVersion } from "#core/ports/object-store.ts";
import type { Run } from "#core/runs/run.ts";
import type { Operator } from "../../cli/operator.ts";
import { clientOptions } from "../../cli/stage.ts";

/** Every item of the jobs table that is a job or a run. */
export async function readTable(operator: Operator): Promise<{ jobs: Job[]; runs: Run[] }> {
  const client = new DynamoDBClient(clientOptions(operator.stage));
  const input = { TableName: operator.outputs.JobsTable, ConsistentRead: true };
  const found = { jobs: [] as Job[], runs: [] as Run[] };
  for await (const { Items = [] } of paginateScan({ client }, input)) {
    for (const item of Items.map((attributes) => unmarshall(attributes))) {
      if ("manifest" in item && "request" in item) found.runs.push(item as Run);
      else if ("jobId" in item && "attempts" in item) found.jobs.push(item as Job);
    }
  }
  client.destroy();
  return found;
}

export async function versionsIn(operator: Operator, bucket: string): Promise<ObjectVersion[]> {
  const pages = new S3ObjectListing({ client: operator.s3 }).listVersions({ bucket, prefix: "" });
  const versions: ObjectVersion[] = [];
  for await (const page of pages) versions.push(...page);
  return versions;
}

export async function keysIn(operator: Operator, bucket: string): Promise<Set<string>> {
  const pages = paginateListObjectsV2({ client: operator.s3 }, { Bucket: bucket });
  const keys = new Set<string>();
  for await (const { Contents = [] } of pages) for (const { Key = "" } of Contents) keys.add(Key);
  return keys;
}

export interface Depth {
  readonly queue: string;
  readonly isDeadLetters: boolean;
  readonly messages: number;
}

/** How many messages each queue holds, under way ones too. */
export async function depths(operator: Operator): Promise<Depth[]> {
  const client = new SQSClient(clientOptions(operator.stage));
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({ MaxResults: 1000 }));
  const found = await Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
      );
      const queue = QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1);
      const counted: Record<string, string> = Attributes;
      const counts = ["", "NotVisible", "Delayed"].map((kind) =>
        Number(counted[`ApproximateNumberOfMessages${kind}`] ?? 0),
      );
      const messages = counts.reduce((sum, count) => sum + count, 0);
      return { queue, isDeadLetters: /DeadLetter/i.test(queue), messages };
    }),
  );
  client.destroy();
  return found;
}

/** Tasks that are not yet over. */
export async function runningTasks(operator: Operator): Promise<number> {
  const client = new ECSClient(clientOptions(operator.stage));
  const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster: operator.outputs.Cluster }));
  client.destroy();
  return taskArns.length;
}
