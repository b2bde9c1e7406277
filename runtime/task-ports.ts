import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDbJobStore } from "#adapters/aws/dynamodb-job-store.ts";
import { DynamoDbRunStore } from "#adapters/aws/dynamodb-run-store.ts";
import { S3ResultStore } from "#adapters/aws/s3-result-store.ts";
import { S3SourceObjects } from "#adapters/aws/s3-source-objects.ts";
import { SqsTaskReports } from "#adapters/aws/sqs-task-reports.ts";
import type { SourceObjects } from "#core/ports/source-objects.ts";
import type { WorkPorts } from "#flow/work-run.ts";
import { once } from "./once.ts";
import { dynamoDb, sqs } from "./shared-clients.ts";
import { systemClock } from "./system.ts";
import type { Site } from "./task-config.ts";
import { taskLog } from "./task-log.ts";

export interface TaskPorts extends WorkPorts {
  readonly sources: SourceObjects;
}

/** Functions never call S3, tasks do; a large object may take its time, but must not stand still. */
export const s3 = once(
  () =>
    new S3Client({
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 30_000, socketTimeout: 30_000 },
    }),
);

/** What a task works with: its configuration turned into adapters. */
export function createTaskPorts(config: Site): TaskPorts {
  const table = { client: dynamoDb(), tableName: config.jobsTable };
  return {
    jobs: new DynamoDbJobStore(table),
    runs: new DynamoDbRunStore(table),
    results: new S3ResultStore({ client: s3(), bucket: config.resultsBucket }),
    reports: new SqsTaskReports({ client: sqs(), queueUrl: config.taskEventsQueueUrl }),
    sources: new S3SourceObjects({ client: s3() }),
    clock: systemClock,
    log: taskLog,
    inSeconds,
  };
}

function inSeconds(seconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, seconds * 1000);
  return () => clearTimeout(timer);
}
