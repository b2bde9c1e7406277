import { EcsTaskProtection, NO_PROTECTION } from "#adapters/aws/ecs-task-protection.ts";
import { DynamoDbJobStore } from "#adapters/aws/dynamodb-job-store.ts";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { SqsEndReports } from "#adapters/aws/sqs-end-reports.ts";
import { SqsQuarantine } from "#adapters/aws/sqs-quarantine.ts";
import { SqsWorkQueue } from "#adapters/aws/sqs-work-queue.ts";
import type { Quarantine } from "#core/ports/messaging.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import type { EndReports, TaskProtection, WorkQueue } from "#core/ports/work-queue.ts";
import type { MessagePorts } from "#flow/work-message.ts";
import { dynamoDb, sqs } from "./shared-clients.ts";
import { systemChance } from "./system.ts";
import type { WorkerConfig } from "./task-config.ts";
import { createTaskPorts, type TaskPorts } from "./task-ports.ts";

export interface WorkerPorts extends MessagePorts, Pick<TaskPorts, "sources"> {
  readonly queue: WorkQueue;
  readonly reports: EndReports;
  readonly deadLetters: Quarantine;
  readonly protection: TaskProtection;
  readonly pipelineStore: Pick<PipelineStore, "readPipeline">;
}

/** What a worker works with: its configuration turned into adapters. */
export function createWorkerPorts(config: WorkerConfig): WorkerPorts {
  const { results, sources, clock, log } = createTaskPorts(config);
  const table = { client: dynamoDb(), tableName: config.jobsTable };
  return {
    jobs: new DynamoDbJobStore(table),
    results,
    sources,
    clock,
    log,
    chance: systemChance,
    queue: new SqsWorkQueue({ client: sqs(), queueUrl: config.workQueueUrl }),
    reports: new SqsEndReports({ client: sqs(), queueUrl: config.taskEventsQueueUrl }),
    deadLetters: new SqsQuarantine({ client: sqs(), queueUrl: config.deadLetterQueueUrl }),
    protection: config.agentUri === undefined ? NO_PROTECTION : new EcsTaskProtection(config.agentUri),
    pipelineStore: new DynamoDbPipelineStore(table),
  };
}
