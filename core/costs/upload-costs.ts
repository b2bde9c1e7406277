import type { Pipeline } from "../pipelines/pipeline.ts";
import type { FargateSize } from "../pipelines/fargate-sizes.ts";
import { runCostUsd } from "../settling/run-cost.ts";
import type { CostLine } from "./cost-line.ts";
import {
  DYNAMODB_PRICES,
  EVENT_USD,
  LAMBDA_PRICES,
  LOG_GB_USD,
  PUBLIC_ADDRESS_HOUR_USD,
  S3_PRICES,
  SQS_PRICES,
} from "./prices.ts";

/** What is measured of an ordinary upload (bench/README.md), and what a pipeline makes of it. */
interface UploadCosts {
  readonly files: number;
  readonly filesATask: number;
  /** From the start of the pull to the end. */
  readonly secondsATask: number;
  readonly size: FargateSize;
  readonly spot: boolean;
  /** bench:cost. */
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Objects that the task writes for each file. */
  readonly results: number;
}

/** Of one job's item and its entry in an index, kept for ninety days. */
const ITEM_BYTES = 2200;
const MONTHS_KEPT = 3;
const LOG_BYTES = 800;
const STATE_CHANGES_A_TASK = 3;
const REPORTS_A_TASK = 4;
/** An event is sent into the queue, received with nine others, and deleted with them. */
const REQUESTS_A_MESSAGE = 1.2;
const FILES_AN_INVOCATION = 100;
const INTAKE_SECONDS = 2;
const FUNCTION_GB = 0.5;

/** Pulling and starting. */
const START_SECONDS = 45;
/** The work at one file, of which a vCPU does two at once. */
const WORK_SECONDS = 2;
const FILES_AT_ONCE_A_VCPU = 2;
/** As the media task writes. */
const RESULTS = 3;
/** bench:cost, at a thousand jobs as at a hundred thousand. */
const UNITS = { writeUnits: 9.5, readUnits: 3.9 } as const;

/** Small files in full packs of a pipeline. */
export function smallUploads(files: number, { size, pack, capacity }: Pipeline): UploadCosts {
  const atOnce = Math.min(pack.maxJobs, Math.max(1, (size.cpu / 1024) * FILES_AT_ONCE_A_VCPU));
  return {
    files,
    filesATask: pack.maxJobs,
    secondsATask: START_SECONDS + (WORK_SECONDS * pack.maxJobs) / atOnce,
    size,
    spot: capacity.type === "spot-first",
    results: RESULTS,
    ...UNITS,
  };
}

/** What so many small uploads cost, beside the storage of the files themselves. The dearest first. */
export function uploadCosts(of: UploadCosts): CostLine[] {
  const { files } = of;
  const tasks = files / of.filesATask;
  const messages = files + tasks * (STATE_CHANGES_A_TASK + REPORTS_A_TASK);
  const invocations = files / FILES_AN_INVOCATION + tasks * (STATE_CHANGES_A_TASK + REPORTS_A_TASK + 2);
  const task = runCostUsd({
    size: of.size,
    architecture: "ARM64",
    spot: of.spot,
    from: new Date(0),
    to: new Date(of.secondsATask * 1000),
  });
  const lines: CostLine[] = [
    { item: "Fargate", usd: tasks * task },
    {
      item: "public addresses of the tasks",
      usd: tasks * (of.secondsATask / 3600) * PUBLIC_ADDRESS_HOUR_USD,
    },
    {
      item: "reads and writes of the table",
      usd:
        files * (of.writeUnits * DYNAMODB_PRICES.writeUnitUsd + of.readUnits * DYNAMODB_PRICES.readUnitUsd),
    },
    {
      item: "the table's storage for 90 days",
      usd: ((files * ITEM_BYTES) / 1e9) * MONTHS_KEPT * DYNAMODB_PRICES.gbMonthUsd,
    },
    { item: "S3: the uploads themselves", usd: files * S3_PRICES.writeUsd },
    { item: "S3: results written", usd: files * of.results * S3_PRICES.writeUsd },
    { item: "S3: files read", usd: files * S3_PRICES.readUsd },
    { item: "EventBridge: events of S3", usd: files * EVENT_USD },
    { item: "EventBridge: events of jobs and runs", usd: (files + tasks) * EVENT_USD },
    { item: "queues", usd: messages * REQUESTS_A_MESSAGE * SQS_PRICES.requestUsd },
    {
      item: "functions",
      usd:
        invocations * (LAMBDA_PRICES.requestUsd + INTAKE_SECONDS * FUNCTION_GB * LAMBDA_PRICES.gbSecondUsd),
    },
    { item: "log lines", usd: ((files * LOG_BYTES) / 1e9) * LOG_GB_USD },
  ];
  return lines.sort((one, other) => other.usd - one.usd);
}
