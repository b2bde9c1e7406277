import type { CloudContext } from "../../context/cloud-context.ts";
import type { EventSourceMapping } from "../function-record.ts";
import type { ResolvedFunction } from "../function-store.ts";
import { flag, integer, invalidParameter, list, requiredText, section, type Input } from "../input.ts";

type MappingSettings = Omit<EventSourceMapping, "uuid" | "functionArn" | "lastModified">;

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const LIMITS = {
  BatchSize: { min: 1, max: 10_000 },
  MaximumBatchingWindowInSeconds: { min: 0, max: 300 },
  MaximumConcurrency: { min: 2, max: 1000 },
};
const LARGEST_FIFO_BATCH = 10;
const LARGEST_BATCH_WITHOUT_WINDOW = 10;
/** What would change which messages a function gets, and how: not to be ignored. */
const NOT_SUPPORTED = [
  "FilterCriteria",
  "KMSKeyArn",
  "DestinationConfig",
  "ProvisionedPollerConfig",
  "SelfManagedEventSource",
  "MetricsConfig",
  "StartingPosition",
  "ParallelizationFactor",
];

/**
 * Settings of an SQS event source, over the present ones.
 * @throws AwsError ValidationException, InvalidParameterValueException
 */
export function readMapping(input: Input, present?: MappingSettings): MappingSettings {
  for (const name of NOT_SUPPORTED) {
    if (!isEmpty(input[name]))
      throw invalidParameter(`The local cloud does not implement ${name} of an event source mapping.`);
  }
  const queueArn = present?.queueArn ?? requiredText(input, "EventSourceArn");
  if (queueArn.split(":")[2] !== "sqs") {
    throw invalidParameter(
      `The local cloud has event sources of SQS only: Unrecognized event source ${queueArn}`,
    );
  }
  const scaling = section(input, "ScalingConfig");
  const types = list(input, "FunctionResponseTypes");
  const maximumConcurrency =
    scaling === undefined
      ? present?.maximumConcurrency
      : integer(scaling, "MaximumConcurrency", LIMITS.MaximumConcurrency);
  const settings = {
    queueArn,
    batchSize: integer(input, "BatchSize", LIMITS.BatchSize) ?? present?.batchSize ?? 10,
    batchingWindowSeconds:
      integer(input, "MaximumBatchingWindowInSeconds", LIMITS.MaximumBatchingWindowInSeconds) ??
      present?.batchingWindowSeconds ??
      0,
    reportsItemFailures:
      types === undefined
        ? (present?.reportsItemFailures ?? false)
        : types.includes("ReportBatchItemFailures"),
    enabled: flag(input, "Enabled") ?? present?.enabled ?? true,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
  };
  checkBatch(settings);
  return settings;
}

/**
 * What Lambda checks of queue and role before it polls.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 * @throws AwsError InvalidParameterValueException
 */
export async function checkQueue(
  context: CloudContext,
  target: ResolvedFunction,
  queueArn: string,
): Promise<void> {
  const { role, timeoutSeconds } = target.configuration;
  for (const operation of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
    if (!context.identity.roleAllowed(role, `sqs:${operation}`, queueArn)) {
      throw invalidParameter(
        `The provided execution role does not have permissions to call ${operation} on SQS`,
      );
    }
  }
  const visibilitySeconds = Number((await context.queues.attributes(queueArn))["VisibilityTimeout"]);
  if (visibilitySeconds < timeoutSeconds) {
    throw invalidParameter(
      `Queue visibility timeout: ${visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    );
  }
}

function checkBatch({ queueArn, batchSize, batchingWindowSeconds }: MappingSettings): void {
  const fifo = queueArn.endsWith(".fifo");
  if (fifo && batchSize > LARGEST_FIFO_BATCH) {
    throw invalidParameter(
      `Batch size ${batchSize} is larger than ${LARGEST_FIFO_BATCH}, the maximum for FIFO queues`,
    );
  }
  if (fifo && batchingWindowSeconds > 0)
    throw invalidParameter("Batching window is not supported for FIFO queues");
  if (batchSize > LARGEST_BATCH_WITHOUT_WINDOW && batchingWindowSeconds === 0) {
    throw invalidParameter(
      `Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than ${LARGEST_BATCH_WITHOUT_WINDOW}`,
    );
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
