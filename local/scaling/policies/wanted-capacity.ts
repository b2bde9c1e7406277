import type { StepScaling, TargetTracking } from "../model.ts";

/**
 * What target tracking holds for right: capacity in proportion to how far the metric is from its target. From zero there is
 * no proportion: one.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export function trackedCapacity({ TargetValue }: TargetTracking, current: number, value: number): number {
  if (current === 0) return value > TargetValue ? 1 : 0;
  return Math.ceil(Number(((current * value) / TargetValue).toPrecision(12)));
}

/**
 * The step whose interval, counted from the alarm's threshold, has the value; undefined where none has.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
export function steppedCapacity(
  { AdjustmentType, StepAdjustments, MinAdjustmentMagnitude }: StepScaling,
  current: number,
  distance: number,
): number | undefined {
  const step = StepAdjustments.find(({ MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper }) =>
    distance >= 0
      ? distance >= (lower ?? -Infinity) && distance < (upper ?? Infinity)
      : distance > (lower ?? -Infinity) && distance <= (upper ?? Infinity),
  );
  if (step === undefined) return undefined;
  const adjustment = step.ScalingAdjustment;
  if (AdjustmentType === "ExactCapacity") return adjustment;
  if (AdjustmentType === "ChangeInCapacity") return current + adjustment;
  return current + percentChange((current * adjustment) / 100, MinAdjustmentMagnitude);
}

/** Above one it is rounded towards zero, between zero and one it is one. */
function percentChange(change: number, atLeast = 1): number {
  const magnitude = Math.max(Math.abs(change) > 1 ? Math.trunc(Math.abs(change)) : 1, atLeast);
  return change === 0 ? 0 : Math.sign(change) * magnitude;
}
