import { z } from "zod";
import { DynamoDbJobStore } from "#adapters/aws/dynamodb-job-store.ts";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { DynamoDbRunStore } from "#adapters/aws/dynamodb-run-store.ts";
import { S3ObjectListing } from "#adapters/aws/s3-object-listing.ts";
import { S3ResultStore } from "#adapters/aws/s3-result-store.ts";
import { SqsIntakeSender } from "#adapters/aws/sqs-intake-sender.ts";
import type { ResultStore } from "#core/ports/object-store.ts";
import type { HourPorts } from "#flow/report-hour.ts";
import type { InventoryPorts } from "#flow/take-inventory.ts";
import { pipelines } from "#pipelines";
import { dynamoDb, sqs } from "./shared-clients.ts";
import { systemClock } from "./system.ts";
import { parseEnvironment } from "./task-config.ts";
import { taskLog } from "./task-log.ts";
import { s3 } from "./task-ports.ts";

/** A few days: longer than any outage, shorter than the ninety days for which a job is remembered. */
const DEFAULT_DAYS = 7;
const DEFAULT_SETTLE_SECONDS = 120;

const InventoryEnvironment = z.object({
  SLIPWAY_JOBS_TABLE: z.string().min(1),
  SLIPWAY_UPLOADS_BUCKET: z.string().min(1),
  SLIPWAY_RESULTS_BUCKET: z.string().min(1),
  SLIPWAY_INTAKE_QUEUE_URL: z.url(),
  INVENTORY_DAYS: z.coerce.number().positive().max(60).default(DEFAULT_DAYS),
  INVENTORY_SETTLE_SECONDS: z.coerce.number().nonnegative().default(DEFAULT_SETTLE_SECONDS),
});

export interface InventorySetup {
  readonly bucket: string;
  readonly days: number;
  readonly settleSeconds: number;
  readonly ports: InventoryPorts & HourPorts & { readonly reports: ResultStore };
}

/**
 * What the inventory task works with. INVENTORY_DAYS and INVENTORY_SETTLE_SECONDS are its own settings, made in the
 * environment of its pipeline.
 * @throws TaskConfigError naming all bad variables at once
 */
export function inventorySetup(environment: NodeJS.ProcessEnv = process.env): InventorySetup {
  const env = parseEnvironment(InventoryEnvironment, environment);
  const table = { client: dynamoDb(), tableName: env.SLIPWAY_JOBS_TABLE };
  return {
    bucket: env.SLIPWAY_UPLOADS_BUCKET,
    days: env.INVENTORY_DAYS,
    settleSeconds: env.INVENTORY_SETTLE_SECONDS,
    ports: {
      listing: new S3ObjectListing({ client: s3() }),
      jobs: new DynamoDbJobStore(table),
      runs: new DynamoDbRunStore(table),
      pipelineStore: new DynamoDbPipelineStore(table),
      intake: new SqsIntakeSender({ client: sqs(), queueUrl: env.SLIPWAY_INTAKE_QUEUE_URL }),
      reports: new S3ResultStore({ client: s3(), bucket: env.SLIPWAY_RESULTS_BUCKET }),
      clock: systemClock,
      log: taskLog,
      pipelines,
    },
  };
}
