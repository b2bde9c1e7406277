/**
 * Prices in US dollars, region us-east-1, Linux, as other publications quoted the AWS price pages between March and October
 * 2026 (https://aws.amazon.com/fargate/pricing/). They are for estimates; the bill is AWS's.
 */
export const FARGATE_PRICES = {
  X86_64: { vcpuHourUsd: 0.04048, gbHourUsd: 0.004445 },
  ARM64: { vcpuHourUsd: 0.03238, gbHourUsd: 0.00356 },
} as const;

/** Spot is "up to 70 %" cheaper and varies by the hour; an estimate should not flatter. */
export const SPOT_PRICE_FACTOR = 0.35;
