/**
 * Prices in US dollars, region us-east-1, Linux, without any free tier. They are for estimates; the bill is AWS's. No live price list
 * was at hand: most are as other publications quoted the AWS price pages between July 2025 and October 2026; those marked "general
 * knowledge" were not found quoted and are as they have been for years (November 2026). The pages themselves:
 * https://aws.amazon.com/fargate/pricing/, and the same with lambda, sqs, sns, eventbridge, dynamodb/pricing/on-demand, s3, cloudwatch,
 * kms, vpc, ecr, elasticloadbalancing, secrets-manager.
 */
export const FARGATE_PRICES = {
  X86_64: { vcpuHourUsd: 0.04048, gbHourUsd: 0.004445 },
  ARM64: { vcpuHourUsd: 0.03238, gbHourUsd: 0.00356 },
} as const;

/** Spot is "up to 70 %" cheaper and varies by the hour; an estimate should not flatter. */
export const SPOT_PRICE_FACTOR = 0.35;

/** A public IPv4 address, for as long as a task has one. */
export const PUBLIC_ADDRESS_HOUR_USD = 0.005;

const MILLION = 1_000_000;

export const LAMBDA_PRICES = { requestUsd: 0.2 / MILLION, gbSecondUsd: 0.0000133334 } as const;
export const SQS_PRICES = { requestUsd: 0.4 / MILLION, fifoRequestUsd: 0.5 / MILLION } as const;
export const DYNAMODB_PRICES = {
  writeUnitUsd: 0.625 / MILLION,
  readUnitUsd: 0.125 / MILLION,
  gbMonthUsd: 0.25,
} as const;
/** Events of our own, and S3's, which AWS bills like them since they have to be switched on. Other AWS services' events are free. */
export const EVENT_USD = 1 / MILLION;
/** General knowledge. */
export const S3_PRICES = { writeUsd: 5 / MILLION, readUsd: 0.4 / MILLION, listUsd: 5 / MILLION } as const;
export const LOG_GB_USD = 0.5;

/** What stands in an account for a month, whether it is used or not. */
export const MONTHLY_PRICES = {
  /** General knowledge. */
  kmsKeyUsd: 1,
  /** For each metric that it looks at. General knowledge. */
  alarmMetricUsd: 0.1,
  /** General knowledge. */
  compositeAlarmUsd: 0.5,
  /** The first three of an account are free. General knowledge. */
  dashboardUsd: 3,
  /** General knowledge. */
  metricUsd: 0.3,
  /** General knowledge. */
  secretUsd: 0.4,
  /** Of container images. General knowledge. */
  imageGbUsd: 0.1,
} as const;

/** By the hour, whether they are used or not. */
export const HOURLY_PRICES = {
  natGatewayUsd: 0.045,
  /** In each zone. */
  interfaceEndpointUsd: 0.01,
  /** General knowledge. */
  loadBalancerUsd: 0.0225,
} as const;
