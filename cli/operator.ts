import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient } from "@aws-sdk/client-ecs";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { CloudWatchTaskLogs } from "#adapters/aws/cloudwatch-task-logs.ts";
import { DynamoDbJobStore } from "#adapters/aws/dynamodb-job-store.ts";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { DynamoDbRunStore } from "#adapters/aws/dynamodb-run-store.ts";
import { EcsTaskStopper } from "#adapters/aws/ecs-task-stopper.ts";
import { SqsWakeUps } from "#adapters/aws/sqs-wake-ups.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { WakeUps } from "#core/ports/messaging.ts";
import type { TaskLogs } from "#core/ports/object-store.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { TaskStopper } from "#core/ports/task-launcher.ts";
import { clientOptions, type Stage, type StageOutputs, stackOutputs } from "./stage.ts";
import { UserError } from "./user-error.ts";

/** What the operator's commands work with: the stage's own stores, with the operator's keys. */
export interface Operator {
  readonly stage: Stage;
  readonly outputs: StageOutputs;
  readonly jobs: JobStore;
  readonly runs: RunStore;
  readonly pipelineStore: PipelineStore;
  readonly logs: TaskLogs;
  readonly wakeUps: WakeUps;
  readonly launcher: TaskStopper;
  readonly s3: S3Client;
}

export async function operatorOf(stage: Stage): Promise<Operator> {
  const outputs = await stackOutputs(stage);
  const options = clientOptions(stage);
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(options), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const table = { client, tableName: outputs.JobsTable };
  return {
    stage,
    outputs,
    jobs: new DynamoDbJobStore(table),
    runs: new DynamoDbRunStore(table),
    pipelineStore: new DynamoDbPipelineStore(table),
    logs: new CloudWatchTaskLogs({
      client: new CloudWatchLogsClient(options),
      logGroupPrefix: `/slipway/${stage.name}/`,
    }),
    wakeUps: new SqsWakeUps({
      client: new SQSClient(options),
      dispatchQueueUrl: outputs.DispatchQueueUrl ?? missing("DispatchQueueUrl", stage),
      deduplication: "unique",
    }),
    launcher: new EcsTaskStopper({ client: new ECSClient(options), cluster: outputs.Cluster }),
    s3: new S3Client(options),
  };
}

function missing(output: string, stage: Stage): never {
  throw new UserError(
    `Stage "${stage.name}" has no output ${output}; deploy it again with: npx serverless deploy --stage ${stage.name}`,
  );
}
