import type { FargateSize } from "../pipelines/fargate-sizes.ts";
import { FARGATE_PRICES, SPOT_PRICE_FACTOR } from "../costs/prices.ts";

/**
 * What a run costs in US dollars: vCPU-seconds and GB-seconds, from the start of the image pull to the end of the task, at
 * least a minute.
 */
export function runCostUsd(run: {
  size: FargateSize;
  architecture: "ARM64" | "X86_64";
  spot: boolean;
  /** Start of the image pull, or the best that is known. */
  from: Date;
  to: Date;
}): number {
  const seconds = Math.max(MINIMUM_BILLED_SECONDS, (run.to.getTime() - run.from.getTime()) / 1000);
  const price = FARGATE_PRICES[run.architecture];
  const perHour = (run.size.cpu / 1024) * price.vcpuHourUsd + (run.size.memoryMiB / 1024) * price.gbHourUsd;
  return (perHour * seconds * (run.spot ? SPOT_PRICE_FACTOR : 1)) / 3600;
}

const MINIMUM_BILLED_SECONDS = 60;
