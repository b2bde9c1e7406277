import { AwsError } from "../gateway/aws-error.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html, the defaults there */
export const DEFAULT_ATTRIBUTES: Readonly<Record<string, string>> = {
  VisibilityTimeout: "30",
  DelaySeconds: "0",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  SqsManagedSseEnabled: "true",
};

export const DEFAULT_FIFO_ATTRIBUTES: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: "false",
  DeduplicationScope: "queue",
  FifoThroughputLimit: "perQueue",
};

const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  VisibilityTimeout: [0, 43_200],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const SETTABLE = new Set([
  ...Object.keys(RANGES),
  ...Object.keys(DEFAULT_FIFO_ATTRIBUTES),
  "SqsManagedSseEnabled",
  "FifoQueue",
  "KmsMasterKeyId",
  "Policy",
  "RedrivePolicy",
  "RedriveAllowPolicy",
]);

/** A standard queue does not know these, not even with the value false. */
const FIFO_ONLY = new Set(["FifoQueue", ...Object.keys(DEFAULT_FIFO_ATTRIBUTES)]);

/** @throws AwsError InvalidAttributeName, InvalidAttributeValue */
export function checkAttributes(attributes: Readonly<Record<string, string>>, isFifo: boolean): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!SETTABLE.has(name) || (!isFifo && FIFO_ONLY.has(name) && value !== ""))
      throw new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
    const range = RANGES[name];
    const number = Number(value);
    if (range !== undefined && !(Number.isInteger(number) && number >= range[0] && number <= range[1])) {
      throw new AwsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
    }
    if (name.endsWith("Policy") && value !== "" && !isObject(value)) {
      throw new AwsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
    }
  }
  if (attributes["RedrivePolicy"]) redriveOf(attributes["RedrivePolicy"]);
}

export interface Redrive {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** @throws AwsError InvalidParameterValue where a member is missing or out of range */
export function redriveOf(text: string): Redrive {
  const policy = JSON.parse(text) as { readonly [member in keyof Redrive]?: unknown };
  const maxReceiveCount = Number(policy.maxReceiveCount ?? 10);
  if (typeof policy.deadLetterTargetArn !== "string" || !(maxReceiveCount >= 1 && maxReceiveCount <= 1000)) {
    throw new AwsError(
      "InvalidParameterValue",
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: Invalid value for maxReceiveCount or deadLetterTargetArn.`,
    );
  }
  return { deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount };
}

function isObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null;
  } catch {
    return false;
  }
}
